import { describe, expect, it } from 'vitest';
import { renderReport, renderSummary, withSummary } from '../../bench/report.js';
import type { HttpResults, Sample } from '../../bench/results.js';

const sample = (perSecond: number, errors = 0): Sample => ({ perSecond, p50: 1.234, p97_5: 22.26, p99: 333.4, errors });
const at = { knownHashes: 1_000_000, hashesPerRequest: null };

const results: HttpResults = {
  environment: {
    cpu: 'A Processor',
    cores: 2,
    memoryGiB: 16,
    node: 'v20.20.0',
    date: '2026-11-23',
    commit: 'abc1234',
    note: 'Nothing else ran.',
  },
  connections: 50,
  seconds: 10,
  scenarios: [
    { name: 'bare', knownHashes: null, baseline: null, hashesPerRequest: null, samples: [sample(40_000), sample(30_000)] },
    {
      ...at,
      name: 'hash match',
      baseline: 'bare',
      hashesPerRequest: 1,
      samples: [sample(7_000, 2), sample(6_900), sample(9_000, 1)],
    },
    { ...at, name: 'image match 640x480', baseline: 'absent', samples: [sample(80.04)] },
  ],
};

const read = (file: string) => (file === 'http.json' ? results : undefined);
const readNothing = () => undefined;

describe('renderReport', () => {
  it('shows the medians of each scenario, their spread, all errors and the ratio to the baseline', () => {
    const table = renderReport(read)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(table).toEqual([
      '| scenario            | known hashes | requests/s |        spread | hashes/s | p50 ms | p97.5 ms | p99 ms | errors | ratio |',
      '| ------------------- | -----------: | ---------: | ------------: | -------: | -----: | -------: | -----: | -----: | ----: |',
      '| bare                |              |     35 000 | 30 000-40 000 |          |   1.23 |     22.3 |    333 |      0 |       |',
      '| hash match          |    1 000 000 |      7 000 |   6 900-9 000 |    7 000 |   1.23 |     22.3 |    333 |      3 |  0.20 |',
      '| image match 640x480 |    1 000 000 |       80.0 |               |          |   1.23 |     22.3 |    333 |      0 |       |',
    ]);
  });

  it('names the machine of the figures', () => {
    expect(renderReport(read)).toContain(
      'A Processor, 2 cores, 16 GiB, Node v20.20.0, 2026-11-23, commit abc1234. Nothing else ran.',
    );
  });

  it('leaves out a section without a results file', () => {
    expect(renderReport(read)).toContain('## Over HTTP');
    expect(renderReport(readNothing)).not.toContain('##');
  });

  it('refuses a results file with a wrong shape', () => {
    expect(() => renderReport(() => ({ ...results, scenarios: 'none' }))).toThrow('scenarios');
  });
});

describe('withSummary', () => {
  it('replaces the text between the markers', () => {
    const readme = 'before\n<!-- figures -->\nold\n<!-- /figures -->\nafter';
    const summary = renderSummary(read) ?? '';
    expect(summary).toMatch(/^2 cores .* with 1 000 000 known hashes answer 7 000 hash matches\nor 80\.0 image matches/);
    expect(withSummary(readme, summary)).toBe(`before\n<!-- figures -->\n${summary}\n<!-- /figures -->\nafter`);
  });

  it('does not change a README without markers', () => {
    expect(withSummary('plain', 'figures')).toBe('plain');
  });
});
