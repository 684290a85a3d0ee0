import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { VigieError } from '../../domain/errors.js';
import type { IdempotencyStore, RequestName, StoredAnswer } from '../../store/idempotency.js';

/** Renewed while the request runs. After it, a request whose node died may run again. */
const claimMs = 30_000;
const prunedAtOnce = 1_000;
/** A name may be freed between `claim` and `find`. */
const maxTries = 3;

export type { StoredAnswer };

export interface Claimed {
  /** Call it before the answer is sent. If storing fails, a retry runs again. */
  keep(answer: StoredAnswer): Promise<void>;
  /** For an answer that is not final: a retry runs again. */
  release(): Promise<void>;
}

/** Runs a write once, however often it is sent with the same Idempotency-Key within 24 hours. */

export class Idempotency {
  replayed = 0;

  constructor(
    private readonly store: IdempotencyStore,
    private readonly log: Logger,
    private readonly heldMs = claimMs,
  ) {}

  /** Deletes requests older than 24 hours. */
  async prune(): Promise<number> {
    let pruned = 0;
    for (;;) {
      const count = await this.store.prune(prunedAtOnce);
      pruned += count;
      if (count < prunedAtOnce) return pruned;
    }
  }

  /**
   * Returns the stored answer, or the claim to run the request. `fingerprint`: SHA-256 of everything that must be equal in a retry.
   *
   * @throws VigieError `conflict` when the name belongs to another request or to a running one.
   */
  async begin(name: RequestName, fingerprint: Uint8Array): Promise<StoredAnswer | Claimed> {
    const claim = randomUUID();
    for (let attempt = 0; attempt < maxTries; attempt++) {
      if (await this.store.claim(name, fingerprint, claim, this.heldMs)) return this.hold(name, claim);
      const known = await this.store.find(name);
      if (!known) continue;
      if (!known.fingerprint.equals(fingerprint)) {
        throw new VigieError('conflict', 'this Idempotency-Key was used for another request within 24 hours; use a new one');
      }
      if (!known.answer) break;
      this.replayed++;
      return known.answer;
    }
    throw new VigieError('conflict', 'the first request with this Idempotency-Key is still running; retry', 1);
  }

  private hold(name: RequestName, claim: string): Claimed {
    const fail = (error: unknown) =>
      this.log.warn({ err: error }, 'answer of an Idempotency-Key could not be stored; a retry may run again');
    const renewal = setInterval(() => this.store.renew(name, claim, this.heldMs).catch(fail), this.heldMs / 3).unref();
    const end = async (work: Promise<void>) => {
      clearInterval(renewal);
      await work.catch(fail);
    };
    return {
      keep: (answer) => end(this.store.store(name, claim, answer)),
      release: () => end(this.store.release(name, claim)),
    };
  }
}
