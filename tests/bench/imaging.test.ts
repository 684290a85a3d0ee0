import { describe, expect, it } from 'vitest';
import { type ImagingResults, imagingResultsSchema } from '../../bench/imaging/results.js';
import { imagingSection } from '../../bench/imaging/section.js';

const time = (name: string, median: number) => ({ name, median, lower: median / 2, upper: median * 2 });

const results: ImagingResults = {
  environment: { cpu: 'A Processor', cores: 2, memoryGiB: 16, node: 'v20', date: '2026-11-23', commit: 'abc', note: 'Alone.' },
  sizes: [
    { width: 640, height: 480, times: [time('sharp, bare decode', 2), time('task, query', 3), time('task, enrol', 5)] },
    { width: 1920, height: 1440, times: [time('sharp, bare decode', 12), time('task, query', 9), time('task, enrol', 18)] },
  ],
  pools: [{ processes: 2, uvThreads: 2, vipsThreads: 1, perSecond: 300 }],
  memory: {
    images: 20,
    residentMiB: [
      [90, 91],
      [92, 90],
    ],
  },
  blockhash: [{ name: 'grey', count: 30, distances: [0, 0, 6, 20, 28, 28] }],
};

describe('imagingSection', () => {
  it('shows median and quartiles of each step, and the ratio of a task to the bare decode', () => {
    const lines = imagingSection(imagingResultsSchema.parse(results)).split('\n');
    expect(lines).toContain('| sharp, bare decode       | 2.00 (1.00-4.00) | 12.0 (6.00-24.0) |');
    expect(lines).toContain('| query task / bare decode |             1.50 |             0.75 |');
    expect(lines).toContain('| enrol task / bare decode |             2.50 |             1.50 |');
  });

  it('adds up the resident memory of all processes', () => {
    expect(imagingSection(results)).toContain('of 2 imaging processes in MiB, after each 10.0 of 20.0 images');
    expect(imagingSection(results)).toContain('181, 182.');
  });

  it('leaves out blockhash distances if there are no photographs', () => {
    expect(imagingSection(results)).toContain('| grey');
    expect(imagingSection({ ...results, blockhash: [] })).not.toContain('Blockhash');
  });
});
