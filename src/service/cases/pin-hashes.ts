import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { VigieError } from '../../domain/errors.js';

export interface PinCost {
  /** Power of two. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** One of OWASP's recommendations for scrypt: 64 MiB and about 0.4 s of one core. The one with 128 MiB takes as long. */
export const defaultPinCost: PinCost = { N: 2 ** 16, r: 8, p: 2 };

const hashBytes = 32;
const saltBytes = 16;
/** Each takes a thread of Node's pool of four, and its memory. */
const atOnce = 2;
/** They wait about 3 s. */
const maxWaiting = 16;

/** Stores PINs by scrypt, never more than two at a time. */
export class PinHashes {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly cost: PinCost = defaultPinCost) {}

  /** @throws VigieError `overloaded`. */
  async create(pepperedPin: Uint8Array): Promise<{ salt: Uint8Array; pinHash: Uint8Array }> {
    const salt = randomBytes(saltBytes);
    return { salt, pinHash: await this.hash(pepperedPin, salt) };
  }

  /** Takes as long without a stored hash: the time must not tell whether a number exists. @throws VigieError `overloaded`. */
  async verify(pepperedPin: Uint8Array, stored: { salt: Uint8Array; pinHash: Uint8Array } | undefined): Promise<boolean> {
    const hash = await this.hash(pepperedPin, stored?.salt ?? randomBytes(saltBytes));
    const isEqual = timingSafeEqual(hash, stored?.pinHash ?? randomBytes(hashBytes));
    return isEqual && stored !== undefined;
  }

  /** @throws VigieError `overloaded`. */
  assertRoom(): void {
    if (this.waiting.length < maxWaiting) return;
    throw new VigieError('overloaded', `${maxWaiting} PINs wait to be checked already, the limit; retry in 5 s`, 5);
  }

  private async hash(pepperedPin: Uint8Array, salt: Uint8Array): Promise<Buffer> {
    await this.turn();
    try {
      return await this.compute(pepperedPin, salt);
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }

  private turn(): Promise<void> {
    if (this.running < atOnce) {
      this.running++;
      return Promise.resolve();
    }
    this.assertRoom();
    // It takes over the turn of the one that ends.
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private compute(pepperedPin: Uint8Array, salt: Uint8Array): Promise<Buffer> {
    const { N, r, p } = this.cost;
    const options = { N, r, p, maxmem: 256 * (N + p) * r };
    return new Promise((resolve, reject) => {
      scrypt(pepperedPin, salt, hashBytes, options, (error, hash) => (error ? reject(error) : resolve(hash)));
    });
  }
}
