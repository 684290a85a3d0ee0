/** The use case of cases on a real database, with a cheap scrypt and limits of the test. */
import { parseCaseNumber } from '../../../src/domain/case-number.js';
import type { HashSet } from '../../../src/domain/hash.js';
import type { HelpCase } from '../../../src/domain/help-case.js';
import { createPgvectorIndex } from '../../../src/index/pgvector.js';
import { CaseGate, type CaseLimits, defaultCaseLimits } from '../../../src/service/cases/case-limits.js';
import { CaseSecrets } from '../../../src/service/cases/case-secrets.js';
import { type CaseOrigin, type CaseRequest, Cases } from '../../../src/service/cases/cases.js';
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

export const alone: CaseOrigin = { address: '192.0.2.1' };
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

/** What the tests of cases do with them, and see of the list. */
export function caseTools({ database, stores }: OwnDatabase, cases: Cases) {
  return {
    statesOf: ({ files }: HelpCase) => files.map(({ state }) => state),
    standing: async () =>
      (await stores.entries.page({ lists: ['victims'], limit: 200 })).filter((one) => one.status !== 'withdrawn'),
    async hashCount() {
      const [row] = await database.query<{ count: number }>(
        "select count(*)::int as count from hash h join entry e on e.id = h.entry where e.list = 'victims'",
      );
      return row?.count;
    },
    async opened(hashes: readonly HashSet[], changes: Partial<CaseRequest> = {}, origin: CaseOrigin = alone) {
      const request = requestOf(
        hashes.map((one) => ({ hashes: one })),
        changes,
      );
      const { caseNumber, ...rest } = await cases.open(request, origin);
      const number = parseCaseNumber(caseNumber);
      if (!number) throw new Error(`${caseNumber} is not a case number`);
      const key = { number, pin: request.pin };
      return {
        ...{ request, key, caseNumber, ...rest },
        status: () => cases.status(key, '192.0.2.1'),
        withdraw: (files?: readonly number[]) => cases.withdraw(key, files, '192.0.2.1'),
      };
    },
  };
}
