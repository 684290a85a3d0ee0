import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ErrorCode } from '../domain/errors.js';
import type { Quotas } from '../service/abuse/quotas.js';
import type { KeyCache } from '../service/accounts/key-cache.js';
import type { OrganisationsAndKeys } from '../service/accounts/organisations-and-keys.js';
import type { Sessions } from '../service/accounts/sessions.js';
import type { ArachnidWire } from '../service/arachnid/arachnid-wire.js';
import type { AuditReader } from '../service/audit-log/export.js';
import type { Cases } from '../service/cases/cases.js';
import type { Deconfliction } from '../service/deconfliction/deconfliction.js';
import type { Enrolment } from '../service/entries/enrolment.js';
import type { Previews } from '../service/entries/enrolment-preview.js';
import type { EntryDetails } from '../service/entries/entry-details.js';
import type { EntryReader } from '../service/entries/entry-reader.js';
import type { EntryReview } from '../service/entries/entry-review.js';
import type { SeriesReader } from '../service/entries/series.js';
import type { Exchanges } from '../service/exchange-sync/exchanges.js';
import type { Exports } from '../service/exports/exports.js';
import type { Feed } from '../service/feed/feed.js';
import type { ImageFetcher } from '../service/fetching/image-fetcher.js';
import type { Idempotency } from '../service/idempotency/idempotency.js';
import type { ImportQueue } from '../service/imports/import-queue.js';
import type { Imports } from '../service/imports/imports.js';
import type { Jobs } from '../service/jobs/jobs.js';
import type { Drafts } from '../service/legal/drafts.js';
import type { LegalRequests } from '../service/legal/legal-requests.js';
import type { ListHistory } from '../service/lists/list-history.js';
import type { Lists } from '../service/lists/lists.js';
import type { ImageHasher } from '../service/matching/image-hasher.js';
import type { LongWork } from '../service/matching/long-work.js';
import type { MatchDisclosure } from '../service/matching/match-disclosure.js';
import type { Matcher } from '../service/matching/matcher.js';
import type { VerdictHistory } from '../service/matching/verdict-history.js';
import type { Operations } from '../service/operations/operations.js';
import type { StopnciiWire } from '../service/stopncii/stopncii-wire.js';
import { arachnidRoutes } from './arachnid/routes.js';
import { type HmaAppParts, hmaRoutes } from './hma/index.js';
import { installAccess } from './hooks/access.js';
import { installAdmission } from './hooks/admission.js';
import { installBodies, maxJsonChars } from './hooks/bodies.js';
import { BoundKeys } from './hooks/bound-keys.js';
import { limitConnections } from './hooks/connections.js';
import { installIdempotency } from './hooks/idempotency.js';
import { installImagingRoom } from './hooks/imaging-room.js';
import { type IndexVersions, installIndexVersion } from './hooks/index-version.js';
import { installOpenApi } from './hooks/openapi.js';
import { installPipelining } from './hooks/pipelining.js';
import { answerUnrouted, installProblems, maxPathName } from './hooks/problems.js';
import { answerClientError, answerUnparsed, installProtocol } from './hooks/protocol.js';
import { installQuota } from './hooks/quota.js';
import { installRequestLog } from './hooks/request-log.js';
import { requestIds } from './request-ids.js';
import type { RequestNumbers } from './request-numbers.js';
import { auditRoute } from './routes/audit.js';
import { batchRoute } from './routes/batch.js';
import { caseRoutes } from './routes/cases.js';
import { deconflictionRoutes } from './routes/deconfliction.js';
import { draftRoutes } from './routes/drafts.js';
import { entryRoutes } from './routes/entries.js';
import { entryDetailRoutes } from './routes/entry-details.js';
import { entryReviewRoutes } from './routes/entry-review.js';
import { exchangeRoutes } from './routes/exchanges.js';
import { exportRoutes } from './routes/exports.js';
import { feedRoute } from './routes/feed.js';
import { hashRoute } from './routes/hash.js';
import { healthRoutes, type Readiness } from './routes/health.js';
import { importRoutes } from './routes/imports.js';
import { jobRoutes } from './routes/jobs.js';
import { keyRoutes } from './routes/keys.js';
import { legalRequestRoutes } from './routes/legal-requests.js';
import { listHistoryRoute } from './routes/list-history.js';
import { listRoutes } from './routes/lists.js';
import { matchRoute } from './routes/match.js';
import { operationsRoutes } from './routes/operations.js';
import { organisationRoutes } from './routes/organisations.js';
import { proposalRoutes } from './routes/proposals.js';
import { type ReviewQueueRouteParts, reviewQueueRoutes } from './routes/review-queue.js';
import { seriesRoute } from './routes/series.js';
import { sessionRoutes } from './routes/session.js';
import { stopnciiRoutes } from './routes/stopncii.js';
import { verdictRoutes } from './routes/verdicts.js';

/** Some clients join a base URL that ends in a slash with a path that begins with one. */
const routerOptions = { maxParamLength: maxPathName, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true };
/** Headers arrive in one packet. */
const maxHeadersMs = 5_000;

export interface AppParts extends ReviewQueueRouteParts {
  readonly keyCache: KeyCache;
  readonly sessions: Sessions;
  readonly operations: Operations;
  readonly matcher: Matcher;
  readonly disclosure: MatchDisclosure;
  readonly quotas: Quotas;
  readonly longWork: LongWork;
  readonly idempotency: Idempotency;
  readonly hasher: ImageHasher;
  readonly imageFetcher: ImageFetcher;
  readonly arachnid: ArachnidWire;
  readonly enrolment: Enrolment;
  readonly entries: EntryReader;
  readonly lists: Lists;
  readonly previews: Previews;
  readonly entryReview: EntryReview;
  readonly history: VerdictHistory;
  readonly entryDetails: EntryDetails;
  readonly series: SeriesReader;
  readonly listHistory: ListHistory;
  readonly imports: Imports;
  readonly importQueue: ImportQueue;
  readonly exports: Exports;
  readonly exchanges: Exchanges;
  readonly deconfliction: Deconfliction;
  readonly feed: Feed;
  readonly stopncii: StopnciiWire;
  readonly jobs: Jobs;
  readonly drafts: Drafts;
  readonly auditReader: AuditReader;
  readonly accounts: OrganisationsAndKeys;
  readonly legalRequests: LegalRequests;
  readonly readiness: Readiness;
  readonly follower: IndexVersions;
  readonly cases: Cases;
  /** False: nobody can open a case. */
  readonly opensCases: boolean;
  /** Ranges in CIDR notation. Absent: none. */
  readonly trustedProxies?: readonly string[];
  readonly hma: HmaAppParts['hma'];
  /** Registers the pages. Absent: there are none. */
  readonly pages?: (app: FastifyInstance) => Promise<void>;
  /** Absent: no port is bound to a key. */
  readonly boundKeys?: BoundKeys;
  readonly log: FastifyBaseLogger;
  readonly numbers: RequestNumbers;
  readonly accessLog: boolean;
  readonly limits: {
    readonly maxImageBytes: number;
    readonly maxImportBytes: number;
    readonly maxBytesInFlight: number;
    readonly bodyTimeoutMs: number;
    readonly bodyStallMs: number;
    readonly maxConnections: number;
  };
}

export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const { limits, numbers } = parts;
  const newId = requestIds();
  const protocol = { newId, noteRefusal: (code: ErrorCode) => numbers.noteRefusal(code) };
  const app = fastify({
    loggerInstance: parts.log,
    // Log lines per request lower the throughput from 36 000/s to 20 000/s.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger,
    genReqId: newId,
    bodyLimit: maxJsonChars,
    frameworkErrors: answerUnrouted,
    clientErrorHandler: (error, socket) => answerClientError(error, socket, protocol),
    requestTimeout: 0,
    // By default Node looks for late headers only every 30 s.
    // Node would answer a missing Host itself, with an empty body.
    http: { connectionsCheckingInterval: 1_000, requireHostHeader: false },
    forceCloseConnections: 'idle',
    routerOptions,
  });
  answerUnparsed(app.server, protocol);
  app.server.headersTimeout = Math.min(limits.bodyTimeoutMs, maxHeadersMs);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-request-id', request.id);
    // A client that keeps its connection would delay the shutdown.
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
  installHooks(app, parts);
  await installOpenApi(app);
  matchRoute(app, parts, limits.maxImageBytes);
  batchRoute(app, parts, limits.bodyTimeoutMs);
  hashRoute(app, parts, limits.maxImageBytes);
  routesOfEntries(app, parts);
  await importRoutes(app, parts);
  exportRoutes(app, parts.exports);
  exchangeRoutes(app, parts.exchanges);
  feedRoute(app, parts.feed);
  deconflictionRoutes(app, parts, limits);
  verdictRoutes(app, parts);
  jobRoutes(app, parts.jobs);
  listRoutes(app, parts.lists);
  proposalRoutes(app, parts.lists, parts.accounts);
  draftRoutes(app, parts.drafts);
  auditRoute(app, parts.auditReader);
  accountRoutes(app, parts);
  legalRequestRoutes(app, parts.legalRequests);
  await routesOfOthers(app, parts);
  healthRoutes(app, parts.readiness);
  await parts.pages?.(app);
  return app;
}

/** What happens with every request, in this order. */
function installHooks(app: FastifyInstance, parts: AppParts): void {
  const { limits } = parts;
  installPipelining(app);
  // First, so that it also counts what the other hooks refuse.
  installRequestLog(app, parts.numbers, parts.accessLog);
  installProblems(app);
  limitConnections(app, limits.maxConnections);
  installProtocol(app);
  installAccess(app, { ...parts, boundKeys: parts.boundKeys ?? new BoundKeys() });
  installAdmission(app, limits);
  installBodies(app);
  installImagingRoom(app, parts.hasher);
  installQuota(app, parts.quotas);
  installIdempotency(app, parts.idempotency);
  installIndexVersion(app, parts.follower);
}

function accountRoutes(app: FastifyInstance, parts: AppParts): void {
  sessionRoutes(app, parts.sessions);
  organisationRoutes(app, parts.accounts);
  keyRoutes(app, parts.accounts);
  operationsRoutes(app, parts.operations);
}

/** For people who enrol and review. */
function routesOfEntries(app: FastifyInstance, parts: AppParts): void {
  entryRoutes(app, { ...parts, maxImageBytes: parts.limits.maxImageBytes });
  entryReviewRoutes(app, parts.entryReview);
  entryDetailRoutes(app, parts.entryDetails);
  reviewQueueRoutes(app, parts);
  seriesRoute(app, parts.series);
  listHistoryRoute(app, parts.listHistory);
}

/** For clients of other services, and for people without a key. */
async function routesOfOthers(app: FastifyInstance, parts: AppParts): Promise<void> {
  caseRoutes(app, parts, parts.trustedProxies ?? []);
  stopnciiRoutes(app, parts.stopncii);
  await arachnidRoutes(app, parts, parts.limits.maxImageBytes);
  await hmaRoutes(app, parts);
}
