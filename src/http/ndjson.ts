import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { VigieError } from '../domain/errors.js';

/** About 20 times an item with 16 PDQ hashes. */
export const maxLineChars = 64 * 1024;

/**
 * Yields lines in groups as they arrive, without blank ones.
 *
 * @throws VigieError `bad_request` for a line that is too long, `body_timeout` when nothing arrives for `idleMs`.
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
      // The last line may still grow.
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
