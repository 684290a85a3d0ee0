/**
 * Child process: serves one data directory at three addresses, which it logs in one JSON line. The first is the full service, the
 * second has no enumeration guard, and the third only searches.
 */
import { pino } from 'pino';
import { loadConfig } from '../../src/config.js';
import type { Caller } from '../../src/domain/key.js';
import { buildApp } from '../../src/http/app.js';
import { RequestNumbers } from '../../src/http/request-numbers.js';
import { startService } from '../../src/main.js';
import { startServer } from '../../src/server.js';
import { EnumerationGuard } from '../../src/service/abuse/enumeration-guard.js';
import { OrganisationCache } from '../../src/service/accounts/organisation-cache.js';
import { searchCandidates } from '../../src/service/matching/candidate-search.js';
import { MatchDisclosure } from '../../src/service/matching/match-disclosure.js';
import { Matcher, type MatchParts, type Verdict } from '../../src/service/matching/matcher.js';
import { queryOfHashes } from '../../src/service/matching/query.js';

class SearchOnly extends Matcher {
  constructor(private readonly searched: MatchParts) {
    super(searched);
  }

  override async matchMany(caller: Caller, items: Parameters<Matcher['matchMany']>[1]): Promise<Verdict[]> {
    const { index, listCache, follower } = this.searched;
    const { radii, version } = listCache.matchable(caller.organisation);
    const queries = items.map(({ requestId, hashes }) => queryOfHashes(requestId, hashes));
    const found = await searchCandidates(index, queries, radii);
    return items.map(({ requestId, hashes }, at) => ({
      requestId,
      verdict: found[at]?.length ? 'remove' : 'no_known_match',
      reason: null,
      matches: [],
      removal: null,
      frames: null,
      hashes: { ...(hashes.pdq?.[0] && { pdq: hashes.pdq[0].value }), quality: 100 },
      index: follower.freshness(),
      policy: { version },
    }));
  }
}

const [dataDir = ''] = process.argv.slice(2);
const log = pino(pino.destination({ fd: 1, sync: true }));
const config = loadConfig({ VIGIE_DATA_DIR: dataDir, VIGIE_PORT: '0', VIGIE_OPS_PORT: '0', VIGIE_LOG_LEVEL: 'error' });
const service = await startService({ config, log, command: 'bench policy', exclusive: true });
const none = { alertAt: 0, bandsAt: 0 };
const guard = new EnumerationGuard({ limits: none, key: new Uint8Array(32), log, record: async () => {} });
const withoutGuard = {
  ...service,
  disclosure: new MatchDisclosure({
    guard,
    organisationCache: new OrganisationCache(),
    listCache: service.listCache,
    key: new Uint8Array(32),
  }),
  readiness: { whyNot: () => null, index: () => service.follower.freshness() },
  log: pino({ level: 'error' }),
  limits: {
    ...{ maxImageBytes: 1_000_000, maxImportBytes: 1_000_000, maxBytesInFlight: 100_000_000, maxConnections: 4_096 },
    ...{ bodyTimeoutMs: 15_000, bodyStallMs: 2_000 },
  },
  ...{ numbers: new RequestNumbers(), accessLog: false },
};
const unguarded = await buildApp(withoutGuard);
const searchOnly = await buildApp({ ...withoutGuard, matcher: new SearchOnly({ ...service }) });
const [unguardedUrl, searchOnlyUrl] = [await listen(unguarded), await listen(searchOnly)];
const server = await startServer(service, config, log);
server.endSetUp();
service.jobs.start();
process.once(
  'SIGTERM',
  () =>
    void Promise.all([unguarded.close(), searchOnly.close()])
      .then(() => server.close())
      .then(() => process.exit(0)),
);
log.info({ url: `${server.url} ${unguardedUrl} ${searchOnlyUrl}` }, 'listening');

function listen(app: Awaited<ReturnType<typeof buildApp>>): Promise<string> {
  return app.listen({ host: '127.0.0.1', port: 0 });
}
