import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { VigieError } from '../domain/errors.js';

/** About 20 times an item with 16 PDQ hashes. */
export const maxLineChars = 64 * 1024;

/** Stands in place of a longer line. Its text is dropped as it arrives. */
export const tooLong = Symbol('a line that is too long');
export type Line = string | typeof tooLong;

/**
 * Yields lines in groups as they arrive, without blank ones. Leaves the stream open, so that its connection can still answer.
 *
 * @throws VigieError `body_timeout` when nothing arrives for `idleMs`.
 */
export async function* readNdjson(stream: Readable, maxGroup: number, idleMs: number): AsyncGenerator<Line[]> {
  const chunks = stream.iterator({ destroyOnReturn: false });
  const lines = new LineSplitter();
  for (;;) {
    const { done, value } = await withinTime(chunks.next(), idleMs);
    yield* groups(done ? lines.end() : lines.add(value), maxGroup);
    if (done) return;
  }
}

class LineSplitter {
  private readonly decoder = new StringDecoder('utf8');
  /** Of the last line, which may still grow. */
  private rest = '';
  private isDropping = false;

  add(chunk: Buffer): Line[] {
    return this.split(this.decoder.write(chunk));
  }

  end(): Line[] {
    return [...this.split(this.decoder.end()), this.rest];
  }

  private split(text: string): Line[] {
    const pieces = (this.rest + text).split('\n');
    this.rest = pieces.pop() ?? '';
    const lines: Line[] = pieces.map((piece) => (piece.length > maxLineChars ? tooLong : piece));
    // The end of a line that was reported already.
    if (this.isDropping && lines.length > 0) {
      lines.shift();
      this.isDropping = false;
    }
    if (this.isDropping) this.rest = '';
    else if (this.rest.length > maxLineChars) {
      this.isDropping = true;
      this.rest = '';
      lines.push(tooLong);
    }
    return lines;
  }
}

/** @throws VigieError `body_timeout`. */
async function withinTime<Result>(work: Promise<Result>, ms: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new VigieError('body_timeout', `nothing arrived within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function* groups(lines: readonly Line[], maxGroup: number): Generator<Line[]> {
  const filled = lines.map((line) => (line === tooLong ? line : line.trim())).filter((line) => line !== '');
  for (let first = 0; first < filled.length; first += maxGroup) yield filled.slice(first, first + maxGroup);
}
