/** Latency of matching at a fixed rate during a large import, and whether the index then misses a hash. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Installation } from '../faults/installation.js';
import { hashRequests } from '../http/hash-requests.js';
import { drive, type Window } from '../http/load-generator.js';
import { postJson } from '../http/post-json.js';
import type { Sample } from '../results.js';
import type { MatchingDuringImport } from './results.js';
import { vigieImport } from './vigie-import.js';

const window: Window = { warmUpSeconds: 1, seconds: 10 };
const giveUpSeconds = 300;
const askedAfterwards = 1_000;

export interface MatchingOptions {
  readonly rate: number;
  readonly file: string;
  /** In the order of the file. */
  readonly hashes: readonly string[];
}

type Figures = Omit<MatchingDuringImport, 'environment' | 'database' | 'knownHashes'>;

export async function matchDuring(installation: Installation, { rate, file, hashes }: MatchingOptions): Promise<Figures> {
  const server = await installation.start();
  const key = installation.keys.platform ?? '';
  const window = () => askForTenSeconds({ url: server.url, key, known: installation.known, rate });
  const idle = await window();
  const importing = importAndFind(installation, file, () => matches(server.url, key, hashes.at(-1) ?? ''));
  let done = false;
  void importing.then(
    () => {
      done = true;
    },
    () => {
      done = true;
    },
  );
  const during: Sample[] = [];
  while (!done) during.push(await window());
  const { importSeconds, visibleSeconds } = await importing;
  const every = Math.max(1, Math.floor(hashes.length / askedAfterwards));
  const some = hashes.filter((_, at) => at % every === 0);
  const found = await Promise.all(some.map((hash) => matches(server.url, key, hash)));
  await server.stop();
  const missed = found.filter((one) => !one).length;
  return { imported: hashes.length, importSeconds, visibleSeconds, rate, idle, during, asked: some.length, missed };
}

/** The index has everything when it finds the last hash, because it applies them in order. */
async function importAndFind(installation: Installation, file: string, findsLast: () => Promise<boolean>) {
  const { seconds: importSeconds } = await vigieImport(installation, file);
  const endedAt = performance.now();
  while (!(await findsLast())) {
    if (performance.now() - endedAt > giveUpSeconds * 1_000) throw new Error(`not found within ${giveUpSeconds} s of the import`);
    await pause(20);
  }
  return { importSeconds, visibleSeconds: (performance.now() - endedAt) / 1_000 };
}

interface Asked {
  readonly url: string;
  readonly key: string;
  readonly known: readonly string[];
  readonly rate: number;
}

async function askForTenSeconds({ url, key, known, rate }: Asked): Promise<Sample> {
  const requests = hashRequests(known);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const check = (body: string) => requests.check(body, 1);
  const sample = await drive({ url: `${url}/v1/match`, method: 'POST', headers, bodies: requests.single, rate, check }, window);
  const { perSecond, p50, p99, errors } = sample;
  console.error(`${Math.round(perSecond)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ${errors} errors`);
  return sample;
}

async function matches(url: string, key: string, pdq: string): Promise<boolean> {
  const answer = await postJson(`${url}/v1/match`, key, { hashes: { pdq, quality: 100 } });
  return z.looseObject({ verdict: z.string() }).parse(answer).verdict === 'remove';
}
