import { describe, expect, it } from 'vitest';
import { renderChart } from '../../bench/index/chart.js';
import { SoakModel } from '../../bench/index/soak-model.js';
import { hashAt } from '../../bench/index/workload.js';
import { countBits, randomFrom, randomHashes } from '../../bench/random.js';

describe('randomHashes', () => {
  it('returns the same hashes for the same seed, each with 128 bits set', () => {
    const hashes = randomHashes(500, randomFrom(1));
    expect(hashes).toEqual(randomHashes(500, randomFrom(1)));
    for (let number = 0; number < 500; number++) {
      expect(hashAt(hashes, number).reduce((sum, byte) => sum + countBits(byte), 0)).toBe(128);
    }
  });
});

describe('SoakModel', () => {
  const random = randomFrom(2);
  const fresh = () => new SoakModel(randomHashes(1, randomFrom(3)));

  it('accepts a right answer', () => {
    const model = fresh();
    const question = model.ask(31, random);
    model.check(question, [{ ordinal: 1, distance: question.distance }], model.now);
    expect(model.wrong).toBe(0);
  });

  it('counts a living hash that is missing, found twice or at a wrong distance', () => {
    const model = fresh();
    const question = model.ask(31, random);
    const hit = { ordinal: 1, distance: question.distance };
    model.check(question, [], model.now);
    expect(model.wrong).toBe(1);
    model.check(question, [hit, hit], model.now);
    expect(model.wrong).toBe(2);
    model.check(question, [{ ...hit, distance: hit.distance + 1 }], model.now);
    expect(model.wrong).toBeGreaterThan(2);
  });

  it('counts a hash that was removed before the search, but not one that was removed during it', () => {
    const model = fresh();
    const question = model.ask(31, random);
    const hit = { ordinal: 1, distance: question.distance };
    const began = model.now;
    expect(model.remove(1, random)).toEqual([1]);
    model.check(question, [hit], began);
    model.check(question, [], began);
    expect(model.wrong).toBe(0);
    model.check(question, [hit], model.now);
    expect(model.wrong).toBe(1);
  });
});

describe('renderChart', () => {
  it('shows the name and points of every series, and the units of the axes', () => {
    const points = [100_000, 1_000_000].map((x, at) => ({ x, y: 20 * 50 ** at }));
    const svg = renderChart({
      title: 'Time',
      xLabel: 'hashes',
      yLabel: 'query',
      yScale: 'log',
      series: [
        { name: 'tables', points },
        { name: 'scan', points },
      ],
    });
    for (const text of ['Time', 'hashes', 'query', 'tables', 'scan', '100 k', '1 M', '10 µs', '1 ms']) {
      expect(svg).toContain(`>${text}</text>`);
    }
    expect(svg.match(/<circle/g)).toHaveLength(3);
    expect(svg).not.toContain('NaN');
  });
});
