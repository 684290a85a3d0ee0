import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { openDatabase } from '../../../src/store/open.js';
import { knownList } from '../../http/service.js';
import { randomFrom, randomHash } from '../../random.js';
import { Caller } from '../caller.js';
import type { Installation } from '../installation.js';
import type { FaultRow } from '../results.js';
import type { FaultScenario } from '../scenario.js';
import { StopnciiService } from '../stopncii-service.js';

const kills = 50;
const longestLifeMs = 1_500;
const listedPerRound = 400;
const withdrawnPerRound = 40;
const pageMs = 30;
const giveUpMs = 60_000;
const batch = 500;

const countClaims = `
  select count(*)::int as claims, count(distinct c.source_id)::int as records,
    (select count(*)::int from entry where list = $1 and status = 'verified') as entries
  from claim c where c.list = $1 and c.source = 'stopncii' and c.ended_at is null`;
const answers = z.object({ results: z.array(z.looseObject({ matches: z.array(z.unknown()) })) });
const page = z.object({ items: z.array(z.object({ status: z.object({ checkpointAt: z.string().nullable() }) })) });

export const killedExchange: FaultScenario = {
  name: 'killed-exchange',
  goal: 'A node is killed at random moments while it fetches an exchange. Every record comes once, and every withdrawal counts.',
  async run({ install, repeat }) {
    const installation = await install({ keys: { operator: 'operator', platform: 'platform' } });
    await query(installation, "insert into list_grant (list, organisation, rights) values ($1, 'platform', '{match}')");
    const random = randomFrom(11);
    const service = new StopnciiService(pageMs);
    const baseUrl = await service.start();
    let server = await installation.start({ VIGIE_IMAGING_PROCESSES: '1' });
    await follow(new Caller(server.url), installation, baseUrl);
    let during = 0;
    await repeat(kills, async () => {
      service.change(changesOf(service, random));
      await pause(random() * longestLifeMs);
      if (service.isBeingRead) during++;
      await server.kill();
      server = await installation.start({ VIGIE_IMAGING_PROCESSES: '1' });
    });
    const caller = new Caller(server.url);
    const complete = await isComplete(caller, installation, service);
    const rows = await figures(caller, installation, service);
    caller.close();
    await server.stop();
    await service.stop();
    return [
      { measured: 'kills between the first page of a range and its last', value: during, unit: '' },
      { measured: 'ranges that never became complete', value: complete ? 0 : 1, unit: '', maximum: 0 },
      ...rows,
    ];
  },
};

function changesOf(service: StopnciiService, random: () => number) {
  const old = service.listed;
  const gone = Array.from(
    { length: Math.min(withdrawnPerRound, old.length) },
    () => old[Math.floor(random() * old.length)] ?? '',
  );
  return [
    ...gone.map((pdq) => ({ pdq, withdrawn: true })),
    ...Array.from({ length: listedPerRound }, () => ({ pdq: randomHash(random), withdrawn: false })),
  ];
}

async function follow(caller: Caller, { keys }: Installation, baseUrl: string): Promise<void> {
  const credentials = { functionKey: 'f', subscriptionKey: 's' };
  const exchange = { id: 'stopncii', kind: 'stopncii', list: knownList.id, baseUrl, credentials, everySeconds: 1 };
  const { status } = await caller.call({ path: '/v1/exchanges', key: keys.operator, body: JSON.stringify(exchange) });
  if (status !== 201) throw new Error(`the exchange was not created: ${status}`);
  caller.close();
}

/** True once the exchange has fetched everything that the service has now. */
async function isComplete(caller: Caller, { keys }: Installation, service: StopnciiService): Promise<boolean> {
  const startedAt = new Date().toISOString();
  const until = performance.now() + giveUpMs;
  while (performance.now() < until) {
    const { body } = await caller.call({ method: 'GET', path: '/v1/exchanges', key: keys.operator });
    const at = page.parse(JSON.parse(body)).items[0]?.status.checkpointAt;
    if (at && at > startedAt && !service.isBeingRead) return true;
    await pause(100);
  }
  return false;
}

async function figures(caller: Caller, installation: Installation, service: StopnciiService): Promise<FaultRow[]> {
  const { listed, withdrawn } = service;
  const found = await matched(caller, installation, listed);
  const wrong = await matched(caller, installation, withdrawn);
  const { claims, records, entries } = await counts(installation);
  return [
    { measured: 'records that the service lists at the end', value: listed.length, unit: '' },
    { measured: 'listed records that do not match', value: listed.length - found, unit: '', maximum: 0 },
    { measured: 'withdrawn records that still match', value: wrong, unit: '', maximum: 0 },
    { measured: 'records that count twice', value: claims - records, unit: '', maximum: 0 },
    { measured: 'entries beside the listed records', value: Math.abs(entries - listed.length), unit: '', maximum: 0 },
  ];
}

async function matched(caller: Caller, { keys }: Installation, hashes: readonly string[]): Promise<number> {
  let count = 0;
  for (let at = 0; at < hashes.length; at += batch) {
    const items = hashes.slice(at, at + batch).map((pdq, id) => ({ id: String(id), hashes: { pdq } }));
    const { body } = await caller.call({ path: '/v1/match/batch', key: keys.platform, body: JSON.stringify({ items }) });
    count += answers.parse(JSON.parse(body)).results.filter(({ matches }) => matches.length > 0).length;
  }
  return count;
}

async function counts(installation: Installation) {
  const [row] = await query<{ claims: number; records: number; entries: number }>(installation, countClaims);
  if (!row) throw new Error('counting gave no row');
  return row;
}

/** $1 is the list. Also beside a server. */
async function query<Row extends Record<string, unknown>>({ databaseUrl, dataDir }: Installation, sql: string): Promise<Row[]> {
  const log = { info() {}, warn() {} };
  const database = await openDatabase({ databaseUrl, dataDir, command: 'npm run bench:faults', exclusive: false, log });
  return database.query<Row>(sql, [knownList.id]).finally(() => database.close());
}
