import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { VigieError } from '../domain/errors.js';

/** 16 PDQ hashes with their names take about 3 000 characters. */
export const maxLineChars = 64 * 1024;

/**
 * The lines of a stream without blank ones, in groups of at most `maxGroup`. It yields the lines that have arrived, and does not wait
 * for a full group.
 *
 * @throws VigieError `bad_request` for a line over 64 KiB, `body_timeout` when nothing arrives for `idleMs`.
 */
export async function* readNdjson(stream: Readable, maxGroup: number, idleMs: number): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let idle: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(idle);
    idle = setTimeout(() => stream.destroy(new VigieError('body_timeout', `nothing arrived within ${idleMs} ms`)), idleMs);
  };
  try {
    watch();
    for await (const chunk of stream) {
      clearTimeout(idle);
      const lines = (rest + decoder.write(chunk)).split('\n');
      const tooLong = lines.findIndex((line) => line.length > maxLineChars);
      // The last line may still grow. The lines before a line that is too long are yielded first.
      rest = lines.pop() ?? '';
      yield* groups(tooLong < 0 ? lines : lines.slice(0, tooLong), maxGroup);
      if (tooLong >= 0) throw new VigieError('bad_request', `a line has more than ${maxLineChars} characters, the limit`);
      watch();
    }
    yield* groups([rest + decoder.end()], maxGroup);
  } finally {
    clearTimeout(idle);
  }
}

function* groups(lines: readonly string[], maxGroup: number): Generator<string[]> {
  const filled = lines.map((line) => line.trim()).filter((line) => line !== '');
  for (let first = 0; first < filled.length; first += maxGroup) yield filled.slice(first, first + maxGroup);
}
