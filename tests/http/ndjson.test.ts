import { PassThrough, Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { maxLineChars, readNdjson } from '../../src/http/ndjson.js';

/** Reads a stream that arrives in pieces cut at `cuts`. */
async function groupsOf(bytes: Buffer, cuts: readonly number[], maxGroup = 64): Promise<string[][]> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const pieces = places.slice(1).map((place, at) => bytes.subarray(places[at], place));
  const groups: string[][] = [];
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

  it.each([[[]], [[40_000]], [[65_536]], [[1, 65_537]]])(
    'refuses a longer line after the lines before it, wherever it is cut (%j)',
    async (cuts) => {
      const given = Buffer.from(`before\n${'x'.repeat(maxLineChars + 1)}\nafter\n`);
      const seen: string[] = [];
      const pieces = [0, ...cuts.map((cut) => cut + 7), given.length];
      const stream = Readable.from(pieces.slice(1).map((place, at) => given.subarray(pieces[at], place)));
      const reading = (async () => {
        for await (const group of readNdjson(stream, 64, 60_000)) seen.push(...group);
      })();
      await expect(reading).rejects.toMatchObject({
        code: 'bad_request',
        detail: `a line has more than ${maxLineChars} characters, the limit`,
      });
      expect(seen).toEqual(['before']);
    },
  );

  it('refuses an endless line before it fills the memory', async () => {
    let sent = 0;
    const endless = Readable.from(
      (function* () {
        for (; ; sent++) yield Buffer.alloc(16_384, 'x');
      })(),
    );
    await expect(readNdjson(endless, 64, 60_000).next()).rejects.toMatchObject({ code: 'bad_request' });
    expect(sent).toBeLessThan(50);
  });
});

describe('readNdjson, when the stream stalls', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => vi.useRealTimers());

  it('gives up after the idle time', async () => {
    const stream = new PassThrough();
    const line = readNdjson(stream, 64, 5_000).next();
    const refused = expect(line).rejects.toMatchObject({ code: 'body_timeout' });
    await vi.advanceTimersByTimeAsync(5_000);
    await refused;
    expect(stream.destroyed).toBe(true);
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
