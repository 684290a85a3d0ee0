import { describe, expect, it } from 'vitest';
import { type FaultResults, isMet, merged, type ScenarioFigures } from '../../bench/faults/results.js';
import { faultSection } from '../../bench/faults/section.js';

const environment = {
  ...{ cpu: 'A Processor', cores: 2, memoryGiB: 16, node: 'v20', date: '2026-11-23', commit: 'abc', note: 'Alone.' },
};
const figures = (name: string, value: number): ScenarioFigures => ({
  ...{ name, goal: 'It answers at once.', database: 'embedded', environment },
  rows: [{ measured: 'p99', value, unit: 'ms', maximum: 50 }],
});

describe('isMet', () => {
  it('compares a figure with both of its limits', () => {
    const row = { measured: 'answers', value: 5, unit: '' };
    expect([isMet(row), isMet({ ...row, maximum: 4 }), isMet({ ...row, minimum: 6 }), isMet({ ...row, minimum: 5 })]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});

describe('faultSection', () => {
  it('marks a figure that misses its goal', () => {
    const section = (value: number) => faultSection({ scenarios: [figures('overload', value)] });
    expect(section(51)).toContain('**missed**');
    expect(section(50)).not.toContain('**missed**');
  });
});

describe('merged', () => {
  it('replaces the figures of the same scenario and keeps the others', () => {
    const earlier: FaultResults = { scenarios: [figures('overload', 80), figures('kill', 1)] };
    expect(merged(earlier, [figures('overload', 40)])).toEqual({ scenarios: [figures('overload', 40), figures('kill', 1)] });
  });
});
