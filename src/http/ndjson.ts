import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { VigieError } from '../domain/errors.js';

/** The longest line of an NDJSON stream, in characters: 16 PDQ hashes with their names are about 3 000. */
export const longestLine = 64 * 1024;

/**
 * The lines of a stream in groups of at most `most`, blank ones left out; a group is given as soon as what has arrived is used up.
 *
 * @throws VigieError `bad_request` for a line over 64 KiB, `body_timeout` when nothing arrives for `idleMs`.
 */
export async function* readNdjson(stream: Readable, most: number, idleMs: number): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let idle: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(idle);
    idle = setTimeout(() => stream.destroy(new VigieError('body_timeout', `no line arrived within ${idleMs} ms`)), idleMs);
  };
  try {
    watch();
    for await (const chunk of stream) {
      clearTimeout(idle);
      const lines = (rest + decoder.write(chunk)).split('\n');
      const tooLong = lines.findIndex((line) => line.length > longestLine);
      // The last one may still grow; a refusal comes after the lines before it, however the stream was cut.
      rest = lines.pop() ?? '';
      yield* groups(tooLong < 0 ? lines : lines.slice(0, tooLong), most);
      if (tooLong >= 0) throw new VigieError('bad_request', `a line is longer than ${longestLine} characters`);
      watch();
    }
    yield* groups([rest + decoder.end()], most);
  } finally {
    clearTimeout(idle);
  }
}

function* groups(lines: readonly string[], most: number): Generator<string[]> {
  const filled = lines.map((line) => line.trim()).filter((line) => line !== '');
  for (let first = 0; first < filled.length; first += most) yield filled.slice(first, first + most);
}
