import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { VigieError } from '../../domain/errors.js';
import type { HelpCaseGuardStore } from '../../store/help-case-guards.js';
import type { CaseSecrets } from './case-secrets.js';

export interface Proof {
  readonly challenge: string;
  readonly solution: string;
}

const validSeconds = 600;
const form = /^(\d{13})\.(\d{1,2})\.[\w-]{22}\.([\w-]{43})$/;

/** HTTP adds `challenge` and `bits` to the problem. */
export class ProofRequired extends VigieError {
  constructor(
    detail: string,
    private readonly challenge: string,
    private readonly bits: number,
  ) {
    super('proof_required', detail);
  }

  override get members() {
    return { challenge: this.challenge, bits: this.bits };
  }
}

/**
 * Makes cases cost time while very many arrive. A solution is any text such that SHA-256 of challenge and solution begins with `bits` zero
 * bits. No state is kept of a challenge that nobody solves.
 */
export class ProofOfWork {
  constructor(
    private readonly secrets: Pick<CaseSecrets, 'proofMac'>,
    private readonly guards: Pick<HelpCaseGuardStore, 'spendProof'>,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws ProofRequired without a proof of at least `bits` that is valid and new. */
  async check(proof: Proof | undefined, bits: number): Promise<void> {
    if (!proof) throw this.required('very many cases arrive at the moment: solve the challenge and send it with the case', bits);
    const fault = this.faultOf(proof, bits);
    if (fault) throw this.required(`proof: ${fault}; solve the new challenge`, bits);
    // The challenge and not the solution: it has many solutions.
    const mark = createHash('sha256').update(proof.challenge).digest();
    if (!(await this.guards.spendProof(mark, validSeconds)))
      throw this.required('proof: this challenge has been used; solve the new challenge', bits);
  }

  private required(detail: string, bits: number): ProofRequired {
    const text = `${this.now() + validSeconds * 1_000}.${bits}.${randomBytes(16).toString('base64url')}`;
    return new ProofRequired(detail, `${text}.${this.macOf(text).toString('base64url')}`, bits);
  }

  private faultOf({ challenge, solution }: Proof, bits: number): string | undefined {
    const [, until = '', given = '', mac = ''] = form.exec(challenge) ?? [];
    const text = challenge.slice(0, challenge.lastIndexOf('.'));
    const isOurs = mac !== '' && timingSafeEqual(Buffer.from(mac, 'base64url'), this.macOf(text));
    if (!isOurs) return 'this challenge is not from this service';
    if (Number(until) <= this.now()) return `this challenge is older than ${validSeconds / 60} minutes`;
    // One bit less than asked now: the load may have grown while the browser computed.
    if (Number(given) < bits - 1) return `this challenge has ${given} bits, and ${bits} are needed by now`;
    const hash = createHash('sha256')
      .update(challenge + solution)
      .digest();
    return leadingZeroBits(hash) >= Number(given) ? undefined : `the hash does not begin with ${given} zero bits`;
  }

  private macOf(text: string): Buffer {
    return Buffer.from(this.secrets.proofMac(text));
  }
}

export function leadingZeroBits(hash: Uint8Array): number {
  const at = hash.findIndex((byte) => byte !== 0);
  return at === -1 ? hash.length * 8 : at * 8 + Math.clz32(hash[at] ?? 0) - 24;
}
