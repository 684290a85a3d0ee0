import { VigieError } from '../../domain/errors.js';
import { Shares } from '../../domain/shares.js';

/** A smaller body takes no more memory than its connection, so it is not counted: hash matches never meet this limit. */
export const uncountedBytes = 16 * 1024;
/** Of what other holders leave. A key gets less than an address, behind which there may be many platforms. */
const shares = { key: 1 / 2, address: 3 / 4 };

/** One body that is arriving or in use. */
export interface CountedBody {
  /** Bytes after the end are dropped, and do not count. @throws VigieError `overloaded` when the caller has more than its share of the memory. */
  arrived(bytes: number): void;
  /** Once, when the request has ended. */
  end(): void;
}

/**
 * Memory for bodies. What arrived counts, not what was announced: an idle connection holds nothing. Announced bytes count only
 * against the caller that announced them, so that it is refused before it sends them.
 */
export class BodyBudget {
  private readonly announced = new Map<string, number>();
  private readonly byKey: Shares;
  private readonly byAddress: Shares;

  constructor(private readonly total: number) {
    this.byKey = new Shares(total, shares.key);
    this.byAddress = new Shares(total, shares.address);
  }

  /** @throws VigieError `overloaded`. */
  admit(key: string, address: string, announced: number): CountedBody {
    const promised = (this.announced.get(key) ?? 0) + announced;
    if (promised > this.byKey.limitOf(key)) throw this.refusal(this.byKey.limitOf(key), 'key');
    this.announced.set(key, promised);
    let held = 0;
    let ended = false;
    return {
      arrived: (bytes) => {
        if (ended) return;
        if (!this.byKey.take(key, bytes)) throw this.refusal(this.byKey.limitOf(key), 'key');
        if (!this.byAddress.take(address, bytes)) {
          this.byKey.give(key, bytes);
          throw this.refusal(this.byAddress.limitOf(address), 'address');
        }
        held += bytes;
      },
      end: () => {
        ended = true;
        this.byKey.give(key, held);
        this.byAddress.give(address, held);
        this.withdraw(key, announced);
      },
    };
  }

  private withdraw(key: string, announced: number): void {
    const left = (this.announced.get(key) ?? 0) - announced;
    if (left > 0) this.announced.set(key, left);
    else this.announced.delete(key);
  }

  private refusal(limit: number, holder: string): VigieError {
    return new VigieError(
      'overloaded',
      `the bodies in flight of this ${holder} would exceed ${limit} bytes, its share of ${this.total}; retry after Retry-After`,
      1,
    );
  }
}
