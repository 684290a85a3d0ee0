/** Kills and starts a PostgreSQL server on this machine. Needs the right to signal it. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);
const retryMs = 50;

export interface PostgresServer {
  readonly dataDirectory: string;
  /** The folder of its programs. */
  readonly programs: string;
}

/** Call it while the server runs. */
export async function findServer(connectionString: string): Promise<PostgresServer> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client
    .query<{ directory: string }>("select current_setting('data_directory') as directory")
    .finally(() => client.end());
  const dataDirectory = rows[0]?.directory ?? '';
  return { dataDirectory, programs: dirname(readlinkSync(`/proc/${mainProcess(dataDirectory)}/exe`)) };
}

/** Kills one process of the server. The server then ends all the others and replays its log. */
export async function killBackend(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
  process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
  await ended;
}

/** SIGKILL leaves everything as it is. SIGQUIT is an immediate stop, which writes no checkpoint. */
export async function killServer({ dataDirectory }: PostgresServer, signal: 'SIGKILL' | 'SIGQUIT'): Promise<void> {
  const main = mainProcess(dataDirectory);
  process.kill(main, signal);
  while (existsSync(`/proc/${main}/exe`)) await pause(retryMs);
}

/** After SIGKILL, a start fails until the last process of the killed server has ended. */
export async function startServer({ dataDirectory, programs }: PostgresServer): Promise<void> {
  const command = [join(programs, 'pg_ctl'), '--pgdata', dataDirectory, '--log', '/dev/null', '--wait', 'start'];
  const { uid } = statSync(dataDirectory);
  for (let attempt = 1; ; attempt++) {
    try {
      await run(command[0] ?? '', command.slice(1), { cwd: dataDirectory, uid, gid: statSync(dataDirectory).gid });
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await pause(retryMs);
    }
  }
}

export function isRunning({ dataDirectory }: PostgresServer): boolean {
  try {
    return existsSync(`/proc/${mainProcess(dataDirectory)}/exe`);
  } catch {
    return false;
  }
}

function mainProcess(dataDirectory: string): number {
  return Number(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
}
