/** HTTP on top of a service: listens, and stops in named phases. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import { registerHelpPage } from './console/help-page.js';
import { registerPages } from './console/pages.js';
import { buildApp } from './http/app.js';
import { type HmaListener, listenForHma } from './http/hma-listener.js';
import { BoundKeys } from './http/hooks/bound-keys.js';
import { startMetricsServer } from './http/metrics-server.js';
import { RequestNumbers } from './http/request-numbers.js';
import type { Phase, Service } from './main.js';
import type { NodeMeasures } from './service/operations/node-reports.js';

export interface Server {
  readonly url: string;
  readonly metricsUrl: string;
  /** Of the port for clients of HMA that can send no key. */
  readonly hmaUrl: string | undefined;
  /** `/readyz` answers 503 until this call. */
  endSetUp(): void;
  /** Stops taking requests, answers those under way, then ends the service. Again: the same stop. */
  close(): Promise<void>;
}

const pagesOf = (config: Config) => async (app: FastifyInstance) => {
  await registerPages(app);
  const { VIGIE_HELP_PATH: path, VIGIE_HELP_TEXTS: textsFile } = config;
  if (config.VIGIE_HELP_PAGE === 'on') await registerHelpPage(app, { path, textsFile });
};

/** Starts listening for API calls and, on loopback, for `/metrics`. */
export async function startServer(service: Service, config: Config, log: Logger): Promise<Server> {
  let stage: 'setting up' | 'set up' | 'stopping' = 'setting up';
  const readiness = {
    whyNot: () => (stage === 'set up' ? whyNotReady(service) : `this node is ${stage}`),
    index: () => service.follower.freshness(),
  };
  const numbers = new RequestNumbers();
  service.nodeReports.attach(measuresOf(service, readiness.whyNot, numbers));
  const accessLog = config.VIGIE_ACCESS_LOG === 'on';
  const boundKeys = new BoundKeys();
  const more = { boundKeys, readiness, log, numbers, accessLog, trustedProxies: config.VIGIE_TRUSTED_PROXIES };
  const parts = { ...more, limits: limitsOf(config), pages: pagesOf(config) };
  const app = await buildApp({ ...service, ...parts });
  // Before the API: a process that answers /healthz must never lack a part.
  const ops = await startMetricsServer(
    { ...service, numbers },
    { host: config.VIGIE_OPS_HOST, port: config.VIGIE_OPS_PORT },
  ).catch(explainPort('VIGIE_OPS_PORT'));
  const url = await app.listen({ host: config.VIGIE_HOST, port: config.VIGIE_PORT }).catch(async (error: unknown) => {
    await ops.close();
    await app.close();
    return explainPort('VIGIE_PORT')(error);
  });
  const hma = await listenForClients(app, boundKeys, config).catch(async (error: unknown) => {
    await ops.close();
    await app.close();
    return explainPort('VIGIE_HMA_PORT')(error);
  });
  let closing: Promise<void> | undefined;
  return {
    url,
    metricsUrl: ops.url,
    hmaUrl: hma?.url,
    endSetUp() {
      if (stage === 'setting up') stage = 'set up';
      // Otherwise operators would see it ten seconds late. If this fails, the job reports.
      service.nodeReports.report().catch(() => {});
    },
    close() {
      stage = 'stopping';
      closing ??= stop({ app, hma }, () => ops.close(), service, phases(log, config.VIGIE_STOP_TIMEOUT_MS));
      return closing;
    },
  };
}

function measuresOf(service: Service, whyNot: () => string | null, numbers: RequestNumbers): NodeMeasures {
  const { index, follower, imaging, workers, verdictLog, jobs, auditSealing, guard, canaryWatch } = service;
  return {
    state: () => ({
      why: whyNot(),
      leads: jobs.leads,
      indexHashes: index.size,
      indexAgeMs: follower.freshness().ageMs,
      imagesQueued: imaging.stats().queued,
      searchesQueued: workers.queued,
      verdictsPending: verdictLog.pending,
      anchorAgeSeconds: auditSealing.anchorAgeSeconds,
      probingAlerts: guard.alerts,
      limitedKeys: guard.limited,
      canaryMatches: canaryWatch.matches,
    }),
    traffic: () => numbers.traffic(),
    takeRefusals: () => numbers.takeRefusals(),
  };
}

/** Says which setting gives another port. */
function explainPort(setting: string): (error: unknown) => never {
  return (error) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (!(error instanceof Error) || (code !== 'EADDRINUSE' && code !== 'EACCES')) throw error;
    const way = code === 'EACCES' ? 'run as a user who may listen there' : 'stop what listens there';
    throw new Error(`${error.message}: ${way}, or set ${setting} to another port`);
  };
}

async function listenForClients(app: FastifyInstance, boundKeys: BoundKeys, config: Config): Promise<HmaListener | undefined> {
  const { VIGIE_HMA_PORT: port, VIGIE_HMA_HOST: host, VIGIE_HMA_KEY: key } = config;
  if (port === undefined || key === undefined) return undefined;
  return listenForHma(app, boundKeys, { host, port, key });
}

interface Listening {
  readonly app: FastifyInstance;
  readonly hma: HmaListener | undefined;
}

async function stop({ app, hma }: Listening, closeOps: () => Promise<void>, service: Service, phase: Phase): Promise<void> {
  service.exports.stop();
  await phase('requests', async () => {
    // At the same time: closing the app ends the idle connections of both.
    await Promise.all([hma?.close(), app.close()]);
  });
  await service.close(phase);
  await phase('metrics', closeOps);
}

function limitsOf(config: Config) {
  return {
    maxImageBytes: config.VIGIE_MAX_IMAGE_BYTES,
    maxImportBytes: config.VIGIE_MAX_IMPORT_BYTES,
    maxBytesInFlight: config.VIGIE_MAX_BYTES_IN_FLIGHT,
    bodyTimeoutMs: config.VIGIE_BODY_TIMEOUT_MS,
    bodyStallMs: config.VIGIE_BODY_STALL_MS,
    maxConnections: config.VIGIE_MAX_CONNECTIONS,
  };
}

function whyNotReady({ follower, imaging }: Service): string | null {
  if (!imaging.isReady()) return 'no imaging process is ready';
  try {
    follower.assertUsable();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Logs each phase of a stop with its time; one that hangs is left behind after `timeoutMs`, so that the others still run. */
function phases(log: Logger, timeoutMs: number): Phase {
  return async (name, work) => {
    const startedAt = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve('left behind'), timeoutMs);
    });
    const done = work().then(
      () => 'done',
      (error: unknown) => {
        log.error({ err: error, phase: name }, 'a phase of the stop failed');
        return 'failed';
      },
    );
    const outcome = await Promise.race([done, late]);
    clearTimeout(timer);
    log.info({ phase: name, outcome, ms: Math.round(performance.now() - startedAt) }, 'stopping');
  };
}
