/** Gives tests the hasher that the pages use, and two workers that misbehave. */
import { Hasher } from '../../../src/console/web/hashing/hasher.ts';

const misbehaving: Readonly<Record<string, string>> = { silent: 'addEventListener("message", () => {})', failing: 'throw 1' };

const hashers = new Map<string, Hasher>();

Object.assign(globalThis, {
  hasher(kind = 'real'): Hasher {
    const found = hashers.get(kind) ?? make(kind);
    hashers.set(kind, found);
    return found;
  },
});

function make(kind: string): Hasher {
  const script = misbehaving[kind];
  if (!script) return new Hasher();
  const bad = () => new Worker(URL.createObjectURL(new Blob([script])));
  let started = 0;
  const startWorker = (): Worker => (started++ === 0 ? bad() : new Hasher().startWorker());
  // Long enough for a good worker to start and hash a small picture.
  return new Hasher({ deadlineMs: 3_000, startWorker });
}
