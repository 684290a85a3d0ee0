import { chmodSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config.js';
import { startService } from '../main.js';
import { startServer } from '../server.js';
import { type DemoKeys, ensureTestList, setUpDemo, testImagePath } from '../service/accounts/bootstrap.js';
import { currentConfig } from './run.js';

/** `vigie serve`: runs the service until SIGTERM, SIGINT or SIGHUP. */
export function serveCommand(): Command {
  return new Command('serve').description('run the service').action(serve);
}

async function serve(): Promise<void> {
  const config = currentConfig();
  const log = serviceLog(config);
  const service = await startService({ config, log, command: 'vigie serve', exclusive: true });
  const { stores, enrolment, follower, database } = service;
  try {
    await ensureTestList(stores.lists, enrolment, () => follower.refresh()).catch((error: unknown) => {
      log.warn({ err: error }, 'the test image could not be enrolled; everything else works');
    });
    await follower.refresh();
    const server = await startServer(service, config, log);
    // Before anybody is told that the service is there: a signal that comes at once must find its handler.
    onSignal(log, () => server.close());
    log.info({ url: server.url, metrics: server.opsUrl, index: service.index.engine }, 'listening');
  } catch (error) {
    await service.close();
    throw error;
  }
  // After listening: keys that were made for a server that then could not start would be lost.
  const keys = database.embedded ? await setUpDemo(stores.organisations, stores.keys, stores.lists) : undefined;
  await follower.refresh();
  if (keys) tellKeys(keys, config, log);
  service.jobs.start();
}

/** Logs are JSON lines, or, on a terminal, lines a person reads. */
function serviceLog({ VIGIE_LOG_LEVEL: level }: Config): Logger {
  // Written at once. In pino's own default the last lines overtake one another at the end of the process, and once the reader of
  // the log is gone (EPIPE) the end never comes: sonic-boom 4's flushSync tries again for ever.
  if (!process.stdout.isTTY) return pino({ level }, pino.destination({ fd: 1, sync: true }));
  return pino({ level }, pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss', sync: true }));
}

/** Shows the first keys once: on a terminal, or in a file only its owner can read. They are stored nowhere else. */
function tellKeys(keys: DemoKeys, config: Config, log: Logger): void {
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
  return `Keys, shown once:
  operator  ${operator}
  analyst   ${analyst}
  platform  ${platform}

Try it, in another terminal:
  1. match the test image that ships with Vigie (answers test_match)
     VIGIE_KEY=${platform} npm run -s vigie -- match ${testImagePath}
  2. enrol an image of your own into the list "demo"
     npm run -s vigie -- enroll PATH/TO/IMAGE.jpg --list demo
  3. match an edited copy of it: resized, recompressed, turned
     VIGIE_KEY=${platform} npm run -s vigie -- match PATH/TO/COPY.jpg
`;
}

/** The first signal stops gracefully, a second one at once. */
function onSignal(log: Logger, stop: () => Promise<void>): void {
  let stopping = false;
  const handle = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping: a second signal ends at once');
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  // SIGHUP: the terminal it was started in is closed.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, handle);
}
