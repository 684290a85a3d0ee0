/** Callers that enrol and match during a fault, and what became of every answer that they got. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { uuidOfEntryId } from '../../src/domain/entry.js';
import type { Database } from '../../src/store/database.js';
import { openDatabase } from '../../src/store/open.js';
import { knownList } from '../http/service.js';
import { randomFrom, randomHash } from '../random.js';
import { Caller } from './caller.js';
import type { Installation } from './installation.js';
import type { FaultRow } from './results.js';

export const durabilitySpec = { keys: { analyst: 'analyst', platform: 'platform' }, knownHashes: 1_000 } as const;

const callersEach = 4;
const betweenTriesMs = 20;
const grantRights = `
  insert into list_grant (list, organisation, rights)
  values ($1, 'analyst', '{read,enrol,verify}'), ($1, 'platform', '{match}')`;
const countEntries = 'select count(*)::int as count from entry where id = any($1::uuid[])';
const countVerdicts = 'select count(*)::int as count from verdict where request_id = any($1::text[])';

const enrolled = z.looseObject({ id: z.string() });
const judged = z.looseObject({ requestId: z.string(), verdict: z.string() });

export class Workload {
  private readonly random = randomFrom(3);
  private readonly entries: string[] = [];
  private readonly verdicts: string[] = [];
  private readonly recoveries: number[] = [];
  private wrong = 0;
  private caller = new Caller('');
  private over = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly installation: Installation) {}

  /** Gives the callers their rights. Call it before the first start. */
  async prepare(): Promise<void> {
    await this.withDatabase((database) => database.query(grantRights, [knownList.id]));
  }

  /** Also after a restart on another port. */
  callAt(url: string): void {
    this.caller.close();
    this.caller = new Caller(url);
  }

  start(): void {
    const all = Array.from({ length: callersEach }, () => [this.repeat(() => this.enrol()), this.repeat(() => this.match())]);
    this.running = Promise.all(all.flat());
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.running;
    this.caller.close();
  }

  /** Waits until an entry is enrolled and a known hash found, and notes how long that took since `since`. */
  async recovered(since: number): Promise<void> {
    while (!((await this.enrol()) && (await this.match()))) await pause(betweenTriesMs);
    this.recoveries.push(performance.now() - since);
  }

  /** Call it with no server running. */
  async rows(): Promise<FaultRow[]> {
    const [entries, verdicts] = await this.withDatabase(async (database) => [
      await countOf(database, countEntries, this.entries.map(uuidOfEntryId)),
      await countOf(database, countVerdicts, this.verdicts),
    ]);
    return [
      { measured: 'faults', value: this.recoveries.length, unit: '' },
      { measured: 'acknowledged entries', value: this.entries.length, unit: '', minimum: 1 },
      { measured: 'acknowledged entries that are lost', value: this.entries.length - (entries ?? 0), unit: '', maximum: 0 },
      { measured: 'verdicts', value: this.verdicts.length, unit: '', minimum: 1 },
      { measured: 'verdicts without a record', value: this.verdicts.length - (verdicts ?? 0), unit: '', maximum: 0 },
      { measured: 'wrong verdicts', value: this.wrong, unit: '', maximum: 0 },
      { measured: 'longest recovery', value: Math.max(...this.recoveries), unit: 'ms', maximum: 5_000 },
    ];
  }

  private async repeat(call: () => Promise<boolean>): Promise<void> {
    while (!this.over) if (!(await call())) await pause(betweenTriesMs);
  }

  private async enrol(): Promise<boolean> {
    const body = JSON.stringify({ list: knownList.id, hashes: { pdq: randomHash(this.random), quality: 100 } });
    const answer = await this.caller.call({ path: '/v1/entries', key: this.installation.keys.analyst, body });
    if (answer.status === 201) this.entries.push(enrolled.parse(JSON.parse(answer.body)).id);
    return answer.status === 201;
  }

  private async match(): Promise<boolean> {
    const { known, keys } = this.installation;
    const pdq = known[Math.floor(this.random() * known.length)];
    const answer = await this.caller.call({
      path: '/v1/match',
      key: keys.platform,
      body: JSON.stringify({ hashes: { pdq, quality: 100 } }),
    });
    if (answer.status !== 200) return false;
    const { requestId, verdict } = judged.parse(JSON.parse(answer.body));
    this.verdicts.push(requestId);
    if (verdict !== 'remove') this.wrong++;
    return true;
  }

  private async withDatabase<Result>(work: (database: Database) => Promise<Result>): Promise<Result> {
    const { databaseUrl, dataDir } = this.installation;
    const log = { info() {}, warn() {} };
    const database = await openDatabase({ databaseUrl, dataDir, command: 'npm run bench:faults', exclusive: true, log });
    return work(database).finally(() => database.close());
  }
}

async function countOf(database: Database, sql: string, ids: readonly unknown[]): Promise<number> {
  return (await database.query<{ count: number }>(sql, [ids]))[0]?.count ?? 0;
}
