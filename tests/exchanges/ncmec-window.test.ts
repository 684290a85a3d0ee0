import fc from 'fast-check';
import { expect, it } from 'vitest';
import { smallerWindow } from '../../src/exchanges/ncmec-window.js';

it('a window becomes smaller until it is read, however many entries it has', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 32 }),
      fc.integer({ min: 0, max: 1e9 }),
      fc.integer({ min: 1, max: 50_000 }),
      (seconds, entries, many) => {
        let steps = 0;
        // The next range begins one second before, as the client asks for it.
        for (let next: number | undefined = seconds; next !== undefined; next = smallerWindow(next, entries, many)) steps++;
        expect(steps).toBeLessThan(20);
      },
    ),
  );
});
