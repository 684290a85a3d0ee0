/** What strangers may do: cases per address and in all, and wrong tries. */
import { VigieError } from '../../domain/errors.js';
import type { HelpCaseGuardStore, LockRule, Mark } from '../../store/help-case-guards.js';
import type { HelpCaseStore } from '../../store/help-cases.js';
import type { CaseSecrets } from './case-secrets.js';
import type { Proof, ProofOfWork } from './proof-of-work.js';

export interface CaseLimits {
  /** Of one address, per hour. Schools and mobile networks have one address for many people. */
  readonly casesPerHour: number;
  /** Of all addresses within ten minutes. From then on a proof of work is asked. */
  readonly casesWithoutProof: number;
  /** About 1 s in a browser. One more each time the cases double. */
  readonly proofBits: number;
  /** Of all addresses within ten minutes. Beyond it nobody opens a case. */
  readonly casesInAll: number;
  readonly tries: LockRule;
  /** More than for one number, because people share addresses. */
  readonly triesOfAddress: LockRule;
}

const lock = { firstLockSeconds: 60, longestLockSeconds: 86_400 };

export const defaultCaseLimits: CaseLimits = {
  casesPerHour: 10,
  casesWithoutProof: 60,
  proofBits: 18,
  casesInAll: 600,
  tries: { freeTries: 5, ...lock },
  triesOfAddress: { freeTries: 20, ...lock },
};

const rateSeconds = 600;
const quotaSeconds = 3_600;
const maxProofBits = 24;

export interface CaseGateParts {
  readonly guards: HelpCaseGuardStore;
  readonly cases: Pick<HelpCaseStore, 'countRecent'>;
  readonly secrets: Pick<CaseSecrets, 'markOfAddress'>;
  readonly proofOfWork: ProofOfWork;
  readonly limits: CaseLimits;
}

export class CaseGate {
  constructor(private readonly parts: CaseGateParts) {}

  /** @throws VigieError `proof_required`, `too_many_cases`. */
  async admitCase(address: string, proof: Proof | undefined): Promise<void> {
    const { guards, cases, secrets, proofOfWork, limits } = this.parts;
    const recent = await cases.countRecent(rateSeconds);
    if (recent >= limits.casesInAll) {
      throw new VigieError(
        'too_many_cases',
        `${recent} cases came within ten minutes, more than this service takes; retry in 60 s`,
        60,
      );
    }
    if (recent >= limits.casesWithoutProof) {
      const doublings = Math.floor(Math.log2(recent / Math.max(1, limits.casesWithoutProof)));
      await proofOfWork.check(proof, Math.min(maxProofBits, limits.proofBits + Math.max(0, doublings)));
    }
    const wait = await guards.take(secrets.markOfAddress(address), limits.casesPerHour, quotaSeconds);
    if (wait === 0) return;
    const detail = `${limits.casesPerHour} cases per hour come from this address, the limit; retry in ${wait} s, or ask a helpline`;
    throw new VigieError('too_many_cases', detail, wait);
  }

  /** Counts a try before the PIN is checked. @throws VigieError `too_many_tries`. */
  async beginTry(number: Mark, address: string): Promise<void> {
    const { guards, secrets, limits } = this.parts;
    const byAddress = await guards.beginTry('address', secrets.markOfAddress(address), limits.triesOfAddress);
    const wait = byAddress || (await guards.beginTry('number', number, limits.tries));
    if (wait > 0)
      throw new VigieError('too_many_tries', `too many wrong tries with this number or address; retry in ${wait} s`, wait);
  }

  async forgive(number: Mark, address: string): Promise<void> {
    const { guards, secrets, limits } = this.parts;
    await guards.forgive(number, secrets.markOfAddress(address), limits.triesOfAddress);
  }

  /** The service had no time to check the PIN: otherwise strangers who keep it busy would lock people out. */
  async takeBackTry(number: Mark, address: string): Promise<void> {
    const { guards, secrets, limits } = this.parts;
    await guards.takeBack('number', number, limits.tries);
    await guards.takeBack('address', secrets.markOfAddress(address), limits.triesOfAddress);
  }
}
