/** Cases of people who are in a picture: one part of the composition root. */
import type { DerivedKeys } from './data-key.js';
import type { ServiceOptions } from './installation.js';
import { CaseGate, defaultCaseLimits } from './service/cases/case-limits.js';
import { CaseSecrets } from './service/cases/case-secrets.js';
import { type CaseParts, Cases } from './service/cases/cases.js';
import { PinHashes } from './service/cases/pin-hashes.js';
import { ProofOfWork } from './service/cases/proof-of-work.js';
import { VictimsList, type VictimsListParts } from './service/cases/victims-list.js';
import type { Stores } from './store/stores.js';

export interface CaseFoundation
  extends Pick<CaseParts, 'enrolment' | 'entryReview'>,
    Omit<VictimsListParts, 'lists' | 'organisations'> {
  readonly options: ServiceOptions;
  readonly stores: Stores;
  readonly dataKey: DerivedKeys;
}

export function wireCases({ options, stores, dataKey, enrolment, entryReview, ...memory }: CaseFoundation): {
  cases: Cases;
  /** False: cases that are open can be followed and withdrawn, and no other is opened. */
  opensCases: boolean;
} {
  const { helpCases: store, helpCaseGuards: guards, lists, organisations } = stores;
  const secrets = new CaseSecrets(dataKey);
  const proofOfWork = new ProofOfWork(secrets, guards);
  const gate = new CaseGate({ guards, cases: store, secrets, proofOfWork, limits: defaultCaseLimits });
  const list = new VictimsList({ lists, organisations, listCache: memory.listCache, follower: memory.follower });
  const cases = new Cases({ store, gate, secrets, pinHashes: new PinHashes(), list, enrolment, entryReview });
  return { cases, opensCases: options.config.VIGIE_HELP_PAGE === 'on' };
}
