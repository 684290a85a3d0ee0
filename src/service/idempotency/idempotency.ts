/** A write that is sent twice is done once: answers are kept for 24 hours under the caller's own name for the request. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { VigieError } from '../../domain/errors.js';
import type { IdempotencyStore, RequestName, StoredAnswer } from '../../store/idempotency.js';

/** A request whose node is gone may run again after so long; one that is under way renews its claim three times in that. */
const claimMs = 30_000;
const prunedAtOnce = 1_000;
/** Tries to take a name that is freed just then. */
const maxTries = 3;

export type { StoredAnswer };

/** A request that is this node's to do. */
export interface Claimed {
  /** Keeps the answer before it is sent. Where the database is away the request is done all the same, and a retry runs again. */
  keep(answer: StoredAnswer): Promise<void>;
  /** Forgets the request: its answer was not final, and a retry must run. */
  release(): Promise<void>;
}

export class Idempotency {
  /** Answers given again since the start. */
  replayed = 0;

  constructor(
    private readonly store: IdempotencyStore,
    private readonly log: Logger,
    private readonly heldMs = claimMs,
  ) {}

  /** Deletes what is older than 24 hours, in small statements; gives how much. */
  async prune(): Promise<number> {
    let pruned = 0;
    for (;;) {
      const count = await this.store.prune(prunedAtOnce);
      pruned += count;
      if (count < prunedAtOnce) return pruned;
    }
  }

  /**
   * The answer that was given to this request before, or the claim to do it. `fingerprint`: SHA-256 of what makes two requests the same.
   *
   * @throws VigieError `conflict`: the name stands for another request, or this one is under way; `database_unavailable`.
   */
  async begin(name: RequestName, fingerprint: Uint8Array): Promise<StoredAnswer | Claimed> {
    const claim = randomUUID();
    for (let attempt = 0; attempt < maxTries; attempt++) {
      if (await this.store.claim(name, fingerprint, claim, this.heldMs)) return this.hold(name, claim);
      const standing = await this.store.find(name);
      if (!standing) continue;
      if (!standing.fingerprint.equals(fingerprint)) {
        throw new VigieError('conflict', 'this Idempotency-Key was used for another request within 24 hours: take a new one');
      }
      if (!standing.answer) break;
      this.replayed++;
      return standing.answer;
    }
    throw new VigieError('conflict', 'the request of this Idempotency-Key is still under way: retry', 1);
  }

  private hold(name: RequestName, claim: string): Claimed {
    const fail = (error: unknown) => this.log.warn({ err: error }, 'an Idempotency-Key could not be kept; a retry may run again');
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
