import { PassThrough, Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Line, maxLineChars, readNdjson, tooLong } from '../../src/http/ndjson.js';

/** Reads a stream that arrives in pieces cut at `cuts`. */
async function groupsOf(bytes: Buffer, cuts: readonly number[], maxGroup = 64): Promise<Line[][]> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const pieces = places.slice(1).map((place, at) => bytes.subarray(places[at], place));
  const groups: Line[][] = [];
  for await (const group of readNdjson(Readable.from(pieces.filter(({ length }) => length > 0)), maxGroup, 60_000))
    groups.push(group);
  return groups;
}

const text = fc.string({ unit: fc.constantFrom('a', '7', '"', 'é', '😀', ' ', '\n', '\n', '\r\n', '\u2028'), maxLength: 60 });

describe('readNdjson', () => {
  it('reads the same lines wherever the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(), { maxLength: 12 }), async (given, cuts) => {
        const expected = given.split('\n').flatMap((line) => line.trim() || []);
        expect((await groupsOf(Buffer.from(given), cuts)).flat()).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('yields groups of at most the given size', async () => {
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.array(fc.nat(), { maxLength: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (given, cuts, maxGroup) => {
          const groups = await groupsOf(Buffer.from(given), cuts, maxGroup);
          expect(groups.every(({ length }) => length > 0 && length <= maxGroup)).toBe(true);
        },
      ),
    );
  });

  it('reads a last line without a line feed', async () => {
    expect(await groupsOf(Buffer.from('{"a":1}\n{"b":2}'), [])).toEqual([['{"a":1}'], ['{"b":2}']]);
  });

  it('yields lines before the stream ends', async () => {
    const stream = new PassThrough();
    const lines = readNdjson(stream, 64, 60_000);
    stream.write('one\ntwo\nhal');
    expect((await lines.next()).value).toEqual(['one', 'two']);
    stream.end('f\n');
    expect((await lines.next()).value).toEqual(['half']);
  });

  it('accepts a line of 64 KiB', async () => {
    const line = 'x'.repeat(maxLineChars);
    expect(await groupsOf(Buffer.from(`${line}\n`), [70_000, 30_000])).toEqual([[line]]);
  });

  it.each([[[]], [[40_000]], [[65_536]], [[1, 65_537]], [[40_000, 80_000, 190_000]]])(
    'marks a longer line in its place, and reads the lines after it, wherever it is cut (%j)',
    async (cuts) => {
      const given = Buffer.from(`before\n${'x'.repeat(200_000)}\nafter\n${'y'.repeat(maxLineChars + 1)}\nlast`);
      expect((await groupsOf(given, cuts)).flat()).toEqual(['before', tooLong, 'after', tooLong, 'last']);
    },
  );

  it('marks a longer line before its end arrives', async () => {
    const stream = new PassThrough();
    const lines = readNdjson(stream, 64, 60_000);
    stream.write('x'.repeat(maxLineChars + 1));
    expect((await lines.next()).value).toEqual([tooLong]);
    stream.end('yyy');
    expect((await lines.next()).done).toBe(true);
  });

  it('keeps nothing of an endless line', async () => {
    const endless = Readable.from(
      (function* () {
        for (let sent = 0; sent < 2_000; sent++) yield Buffer.alloc(65_536, 'x');
        yield Buffer.from('\nafter');
      })(),
    );
    const seen: Line[] = [];
    let maxHeap = 0;
    const heapBefore = process.memoryUsage().heapUsed;
    for await (const group of readNdjson(endless, 64, 60_000)) {
      seen.push(...group);
      maxHeap = Math.max(maxHeap, process.memoryUsage().heapUsed);
    }
    expect(seen).toEqual([tooLong, 'after']);
    expect(maxHeap - heapBefore).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('readNdjson, when the stream stalls', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => vi.useRealTimers());

  it('gives up after the idle time, and leaves the stream open for the answer', async () => {
    const stream = new PassThrough();
    const line = readNdjson(stream, 64, 5_000).next();
    const refused = expect(line).rejects.toMatchObject({ code: 'body_timeout' });
    await vi.advanceTimersByTimeAsync(5_000);
    await refused;
    expect(stream.destroyed).toBe(false);
  });

  it('starts the idle time again with every piece', async () => {
    const stream = new PassThrough();
    const line = readNdjson(stream, 64, 5_000).next();
    for (const piece of ['{"a"', ':1', '}\n']) {
      await vi.advanceTimersByTimeAsync(4_900);
      stream.write(piece);
    }
    expect((await line).value).toEqual(['{"a":1}']);
  });

  it('does not count the time that the reader takes', async () => {
    const stream = new PassThrough();
    const lines = readNdjson(stream, 64, 5_000);
    stream.write('one\n');
    await lines.next();
    await vi.advanceTimersByTimeAsync(60_000);
    stream.end('two\n');
    expect((await lines.next()).value).toEqual(['two']);
  });

  it('leaves no timer behind when the reader stops', async () => {
    const stream = new PassThrough();
    const lines = readNdjson(stream, 64, 5_000);
    stream.write('one\n');
    await lines.next();
    await lines.return(undefined);
    expect(vi.getTimerCount()).toBe(0);
  });
});
