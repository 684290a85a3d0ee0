/** The use case of cases on a real database, with a cheap scrypt and limits of the test. */
import { createPgvectorIndex } from '../../../src/index/pgvector.js';
import { CaseGate, type CaseLimits, defaultCaseLimits } from '../../../src/service/cases/case-limits.js';
import { CaseSecrets } from '../../../src/service/cases/case-secrets.js';
import { type CaseRequest, Cases } from '../../../src/service/cases/cases.js';
import { PinHashes } from '../../../src/service/cases/pin-hashes.js';
import { ProofOfWork } from '../../../src/service/cases/proof-of-work.js';
import { VictimsList } from '../../../src/service/cases/victims-list.js';
import { Enrolment } from '../../../src/service/entries/enrolment.js';
import { EntryReview } from '../../../src/service/entries/entry-review.js';
import { KnownGood } from '../../../src/service/entries/known-good.js';
import { Tombstones } from '../../../src/service/entries/tombstones.js';
import { ListCache } from '../../../src/service/lists/list-cache.js';
import { testDataKey } from '../../support/data-key.js';
import type { OwnDatabase } from '../../support/own-database.js';

export const cheap = { N: 2, r: 1, p: 1 } as const;

export async function openCases({ stores }: OwnDatabase, limits: Partial<CaseLimits> = {}) {
  const listCache = new ListCache();
  const refresh = async () => listCache.replaceAll(await stores.lists.all(), await stores.lists.stamps());
  await refresh();
  const applied = { enrolled: 0, failure: undefined as Error | undefined, held: undefined as Promise<void> | undefined };
  const follower = {
    refresh,
    applyEntries: async () => {
      applied.enrolled++;
      await applied.held;
    },
    assertUsable() {
      if (applied.failure) throw applied.failure;
    },
    loads: 1,
  };
  const tombstones = new Tombstones(testDataKey);
  const knownGood = new KnownGood(createPgvectorIndex(stores.hashes), listCache, follower);
  const hasher = undefined as never;
  const enrolment = new Enrolment({ entries: stores.entries, hasher, listCache, knownGood, tombstones, follower });
  const log = { warn() {} };
  const entryReview = new EntryReview({ store: stores.entryReview, listCache, tombstones, follower, log });
  const secrets = new CaseSecrets(testDataKey);
  const { helpCaseGuards: guards, helpCases: store, lists, organisations } = stores;
  const proofOfWork = new ProofOfWork(secrets, guards);
  const all = { ...defaultCaseLimits, casesPerHour: 1_000, casesWithoutProof: 1_000, ...limits };
  const gate = new CaseGate({ guards, cases: store, secrets, proofOfWork, limits: all });
  const list = new VictimsList({ lists, organisations, listCache, follower });
  const pinHashes = new PinHashes(cheap);
  const cases = new Cases({ store, gate, secrets, pinHashes, list, enrolment, entryReview });
  return { cases, pinHashes, secrets, applied, entryReview, enrolment, refresh };
}

export function requestOf(files: CaseRequest['files'], changes: Partial<CaseRequest> = {}): CaseRequest {
  return { files, pin: 'a good pin', request: crypto.randomUUID(), ...changes };
}
