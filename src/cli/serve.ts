import { chmodSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config.js';
import { type Service, startService } from '../main.js';
import { type Server, startServer } from '../server.js';
import { type DemoKeys, ensureTestList, setUpDemo, testImagePath } from '../service/accounts/bootstrap.js';
import { currentConfig } from './run.js';

export function serveCommand(): Command {
  return new Command('serve').description('run the service until SIGTERM, SIGINT or SIGHUP').action(serve);
}

async function serve(): Promise<void> {
  const config = currentConfig();
  const log = serviceLog(config);
  const service = await startService({ config, log, command: 'vigie serve', exclusive: true });
  const { stores, follower, database } = service;
  const server = await startListening(service, config, log).catch(async (error: unknown) => {
    await service.close();
    throw error;
  });
  // A supervisor may send a signal as soon as the log says "listening".
  onSignal(log, () => server.close());
  // Nothing after this may keep them from running: an expired entry would match for ever.
  service.jobs.start();
  const hma = server.hmaUrl === undefined ? {} : { hma: server.hmaUrl };
  log.info({ url: server.url, metrics: server.metricsUrl, ...hma, index: service.index.engine }, 'listening');
  try {
    // If this came before a failed start, nobody would ever see the keys.
    const keys = database.embedded ? await setUpDemo(stores.organisations, stores.keys, stores.lists) : undefined;
    // If this fails, the next poll reads the feed.
    await follower.refresh().catch((error: unknown) => log.warn({ err: error }, 'change feed not read'));
    if (keys) showKeys(keys, config, log);
    server.endSetUp();
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function startListening(service: Service, config: Config, log: Logger): Promise<Server> {
  const { stores, enrolment, follower } = service;
  await ensureTestList(stores.lists, enrolment, () => follower.refresh()).catch((error: unknown) => {
    log.warn({ err: error }, 'the test image was not enrolled; everything else works');
  });
  await follower.refresh();
  return startServer(service, config, log);
}

function serviceLog({ VIGIE_LOG_LEVEL: level }: Config): Logger {
  // Synchronous, because with pino's default the last lines can change order when the process ends, and the process never ends
  // if the log reader is gone (EPIPE): sonic-boom 4's flushSync retries forever.
  if (!process.stdout.isTTY) return pino({ level }, pino.destination({ fd: 1, sync: true }));
  return pino({ level }, pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss', sync: true }));
}

function showKeys(keys: DemoKeys, config: Config, log: Logger): void {
  const text = introduction(keys);
  if (process.stdout.isTTY) {
    process.stdout.write(`\n${text}\n`);
    return;
  }
  const file = join(resolve(config.VIGIE_DATA_DIR), 'keys.txt');
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
  log.info({ file }, 'first start: the keys are in this file, and nowhere else');
}

function introduction({ operator, analyst, platform }: DemoKeys): string {
  return `Keys (shown only once):
  operator  ${operator}
  analyst   ${analyst}
  platform  ${platform}

Try it in another terminal:
  1. Match the test image that ships with Vigie. The verdict is test_match.
     VIGIE_KEY=${platform} npm run -s vigie -- match ${testImagePath}
  2. Enrol an image of your own into the list "demo".
     npm run -s vigie -- enroll PATH/TO/IMAGE.jpg --list demo
  3. Match an edited copy of it: resized, recompressed or rotated.
     VIGIE_KEY=${platform} npm run -s vigie -- match PATH/TO/COPY.jpg
`;
}

function onSignal(log: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const handle = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping; a second signal exits immediately');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the stop failed');
        process.exit(1);
      },
    );
  };
  // SIGHUP arrives when the terminal is closed.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, handle);
}
