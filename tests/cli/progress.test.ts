import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Progress } from '../../src/cli/progress.js';

let shown: string[];
beforeEach(() => {
  shown = [];
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    shown.push(String(text));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const pass = (milliseconds: number) => vi.advanceTimersByTime(milliseconds);

describe('Progress without a terminal', () => {
  it('shows a line every 10 seconds, with count, rate and time left', () => {
    const progress = new Progress('files', 400, false);
    for (let second = 0; second < 20; second++) {
      pass(1_000);
      progress.advance(10);
    }
    expect(shown).toEqual(['files: 100 of 400, 10/s, 30 s left\n', 'files: 200 of 400, 10/s, 20 s left\n']);
  });

  it('shows no remaining time if the total is unknown', () => {
    const progress = new Progress('rows', undefined, false);
    pass(10_000);
    progress.advance(5);
    expect(shown).toEqual(['rows: 5, 0.5/s\n']);
  });

  it.each([
    [60, '60 s left'],
    [600, '10 min left'],
    [7_200, '2.0 h left'],
  ])('shows %i seconds as "%s"', (left, text) => {
    const progress = new Progress('rows', 10 + left, false);
    pass(10_000);
    progress.advance(10);
    expect(shown.join()).toContain(text);
  });

  it('shows the final count when it ends', () => {
    const progress = new Progress('rows', 3, false);
    progress.advance(3);
    pass(1_000);
    progress.finish();
    expect(shown).toEqual(['rows: 3 of 3, 3.0/s\n']);
  });
});

describe('Progress on a terminal', () => {
  it('redraws one line at most ten times per second', () => {
    const progress = new Progress('rows', undefined, true);
    for (let step = 0; step < 30; step++) {
      pass(10);
      progress.advance();
    }
    progress.finish();
    expect(shown.length).toBe(4);
    expect(shown.every((text) => text.startsWith('\r\x1b[K'))).toBe(true);
    expect(shown.filter((text) => text.endsWith('\n')).length).toBe(1);
  });
});
