/** Every background job of a server: what it runs and how often. */
import type { Logger } from 'pino';
import type { ChangeStore } from '../../store/changes.js';
import type { EmbeddedVacuumStore } from '../../store/embedded-vacuum.js';
import type { Stores } from '../../store/stores.js';
import type { EnumerationGuard } from '../abuse/enumeration-guard.js';
import type { FloodGuard } from '../abuse/flood-guard.js';
import type { Quotas } from '../abuse/quotas.js';
import type { Sessions } from '../accounts/sessions.js';
import type { AuditSealing } from '../audit-log/audit-sealing.js';
import type { EntryExpiry } from '../entries/entry-expiry.js';
import type { EntryReview } from '../entries/entry-review.js';
import type { NeighboursIndex } from '../entries/neighbours-index.js';
import type { WithdrawalJournal } from '../entries/withdrawal-journal.js';
import type { ExchangeRunner } from '../exchange-sync/exchange-runner.js';
import type { FeedbackSender } from '../exchange-sync/feedback-sender.js';
import type { Idempotency } from '../idempotency/idempotency.js';
import type { ImportQueue } from '../imports/import-queue.js';
import type { LegalRequestCache } from '../legal/legal-request-cache.js';
import type { LegalRequestCounts } from '../legal/legal-request-counts.js';
import type { QueryRetention } from '../matching/query-retention.js';
import type { NodeReports } from '../operations/node-reports.js';
import type { RecallCheck } from '../recall-check/recall-check.js';
import { pruneChangeFeed } from '../sync/change-feed-pruner.js';
import type { Snapshots } from '../sync/snapshots.js';
import type { DeletedBytes } from './deleted-bytes.js';
import { eraseDeletedLists } from './deleted-lists.js';
import { vacuumEmbedded } from './embedded-vacuum.js';
import type { Job } from './job.js';
import { deleteExpired, type Purge } from './retention.js';

export interface JobParts {
  readonly changes: Pick<ChangeStore, 'prune'>;
  readonly entryReview: Pick<EntryReview, 'remindOfErasures'>;
  readonly entryExpiry: Pick<EntryExpiry, 'run'>;
  readonly floodGuard: Pick<FloodGuard, 'flush'>;
  readonly queryRetention: Pick<QueryRetention, 'flush'>;
  readonly legalRequestCache: Pick<LegalRequestCache, 'load'>;
  readonly legalRequestCounts: Pick<LegalRequestCounts, 'count'>;
  /** The embedded database has one node, which shares nothing. */
  readonly quotas: Pick<Quotas, 'share'>;
  readonly guard: Pick<EnumerationGuard, 'share' | 'sweep'>;
  readonly exchangeRunner: Pick<ExchangeRunner, 'tick'>;
  readonly feedbackSender: Pick<FeedbackSender, 'send' | 'forgetUnsent'>;
  readonly importQueue: Pick<ImportQueue, 'tidy'>;
  readonly idempotency: Pick<Idempotency, 'prune'>;
  readonly sessions: Pick<Sessions, 'purge'>;
  readonly nodeReports: Pick<NodeReports, 'report' | 'prune'>;
  readonly auditSealing: Pick<AuditSealing, 'seal' | 'anchor'>;
  /** Absent when the index is the database itself. */
  readonly snapshots: Pick<Snapshots, 'writeIfDue'> | undefined;
  /** Absent when the index is the database itself. */
  readonly recallCheck: Pick<RecallCheck, 'askOne'> | undefined;
  readonly recallQueriesPerMinute: number;
  readonly stores: Pick<
    Stores,
    'verdicts' | 'recentQueries' | 'matchCounts' | 'jobs' | 'deletedLists' | 'helpCases' | 'helpCaseGuards'
  >;
  readonly caseDays: number;
  /** Only the embedded database needs it: PostgreSQL has autovacuum. */
  readonly embeddedVacuum: EmbeddedVacuumStore | undefined;
  readonly withdrawalJournal: Pick<WithdrawalJournal, 'catchUp'>;
  readonly deletedBytes: Pick<DeletedBytes, 'erase'>;
  readonly neighboursIndex: Pick<NeighboursIndex, 'build'>;
  readonly log: Logger;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

export function jobTable(parts: JobParts): Job[] {
  const { recallCheck, recallQueriesPerMinute, embeddedVacuum, snapshots, log } = parts;
  const jobs: Job[] = [
    // An entry matches for at most this long after its expiry.
    { name: 'expire_entries', leaderOnly: true, everyMs: second, run: (signal) => parts.entryExpiry.run(signal) },
    { name: 'store_recent_queries', everyMs: second, atClose: true, run: () => parts.queryRetention.flush() },
    // A key can exceed its quota for this long on every further node.
    { name: 'share_quotas', everyMs: second, atClose: true, run: () => parts.quotas.share() },
    // Probes spread over several nodes go unnoticed for this long.
    { name: 'share_probes', everyMs: second, run: () => parts.guard.share() },
    // If the database and this node are lost within this time, a restored backup brings back what was withdrawn last.
    {
      name: 'note_withdrawals',
      everyMs: 10 * second,
      atStart: true,
      atClose: true,
      run: () => parts.withdrawalJournal.catchUp(),
    },
    // An act that is not sealed yet can be altered unnoticed.
    { name: 'seal_audit', leaderOnly: true, everyMs: 2 * second, run: () => parts.auditSealing.seal() },
    // Every second would take a twentieth of the embedded database's time (500 entries per write).
    { name: 'count_matches', everyMs: 5 * second, atClose: true, run: () => parts.floodGuard.flush() },
    // Operators see a node that died after a minute.
    { name: 'report_node', everyMs: 10 * second, atStart: true, run: () => parts.nodeReports.report() },
    { name: 'count_legal_requests', everyMs: 5 * second, run: () => parts.legalRequestCounts.count() },
    // The shortest legal deadline is one hour.
    { name: 'load_legal_requests', everyMs: 30 * second, atStart: true, run: () => parts.legalRequestCache.load() },
    // Starts what is due and returns. A withdrawal that an exchange announces waits at most this long.
    { name: 'fetch_exchanges', leaderOnly: true, everyMs: second, run: () => parts.exchangeRunner.tick() },
    { name: 'send_exchange_feedback', leaderOnly: true, everyMs: 2 * second, run: (signal) => parts.feedbackSender.send(signal) },
    // Ends imports whose process died, or finishes them.
    { name: 'tidy_imports', everyMs: minute, atStart: true, run: () => parts.importQueue.tidy() },
    // A sketch must be gone ten minutes after its first hash; it expires after nine.
    { name: 'sweep_probe_sketches', everyMs: 45 * second, run: async () => parts.guard.sweep() },
    // Deleted hashes leave all files within an hour, and an interval varies by a quarter.
    { name: 'erase_deleted_bytes', everyMs: 45 * minute, atStart: true, run: () => parts.deletedBytes.erase() },
    ...(snapshots ? [{ name: 'write_snapshot', everyMs: 45 * minute, run: () => snapshots.writeIfDue() }] : []),
    {
      name: 'remind_of_erasures',
      leaderOnly: true,
      everyMs: hour,
      atStart: true,
      run: () => parts.entryReview.remindOfErasures(),
    },
    { name: 'anchor_audit', everyMs: hour, run: () => parts.auditSealing.anchor() },
    { name: 'prune_change_feed', leaderOnly: true, everyMs: hour, run: (signal) => pruneChangeFeed(parts.changes, log, signal) },
    { name: 'prune_idempotency_keys', leaderOnly: true, everyMs: hour, run: () => parts.idempotency.prune() },
    { name: 'prune_node_reports', leaderOnly: true, everyMs: hour, run: () => parts.nodeReports.prune() },
    {
      name: 'erase_deleted_lists',
      leaderOnly: true,
      everyMs: minute,
      run: (signal) => eraseDeletedLists(parts.stores.deletedLists, parts.stores.jobs, signal),
    },
    // Nothing to do while the index exists. If the node that builds it fails, another begins within a minute.
    {
      name: 'build_neighbours_index',
      leaderOnly: true,
      everyMs: minute,
      atStart: true,
      run: (signal) => parts.neighboursIndex.build(signal),
    },
    ...retention(parts),
  ];
  if (embeddedVacuum) {
    jobs.push({
      name: 'vacuum_embedded',
      leaderOnly: true,
      everyMs: 6 * hour,
      run: (signal) => vacuumEmbedded(embeddedVacuum, log, signal),
    });
  }
  if (recallCheck && recallQueriesPerMinute > 0) {
    jobs.push({ name: 'check_recall', everyMs: minute / recallQueriesPerMinute, run: () => recallCheck.askOne() });
  }
  return jobs;
}

/** Deletions that leave a record: `GET /v1/jobs` shows them as proof. */
function retention({ stores, feedbackSender, sessions, caseDays }: JobParts): Job[] {
  const deleting = (name: string, recordedAs: string, purge: Purge): Job => ({
    name,
    leaderOnly: true,
    everyMs: hour,
    run: (signal) => deleteExpired(stores.jobs, recordedAs, purge, signal),
  });
  return [
    deleting('delete_old_verdicts', 'verdicts', (limit) => stores.verdicts.purge(limit)),
    deleting('delete_old_queries', 'recentQueries', (limit) => stores.recentQueries.purge(limit)),
    deleting('delete_old_match_counts', 'traffic', (limit) => stores.matchCounts.purge(limit)),
    deleting('delete_unsent_feedback', 'exchangeFeedback', (limit) => feedbackSender.forgetUnsent(limit)),
    deleting('delete_ended_sessions', 'sessions', (limit) => sessions.purge(limit)),
    deleting('delete_closed_cases', 'cases', (limit) => stores.helpCases.purge(limit, caseDays)),
    deleting('delete_old_case_guards', 'caseGuards', (limit) => stores.helpCaseGuards.purge(limit)),
    deleting('delete_old_seals', 'seals', (limit) => stores.jobs.purgeSeals(limit)),
  ];
}
