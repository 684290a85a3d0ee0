/** Callers that enrol, withdraw and match during a fault, and what became of every answer that they got. */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { uuidOfEntryId } from '../../src/domain/entry.js';
import type { Database } from '../../src/store/database.js';
import { openDatabase } from '../../src/store/open.js';
import { knownList } from '../http/service.js';
import { randomFrom, randomHash } from '../random.js';
import { percentile } from '../statistics.js';
import { type Answer, Caller } from './caller.js';
import { Expectations } from './expectations.js';
import type { Installation } from './installation.js';
import type { FaultRow } from './results.js';

export const durabilitySpec = { keys: { analyst: 'analyst', platform: 'platform' }, knownHashes: 1_000 } as const;

const callersEach = 3;
const betweenCallsMs = 10;
const betweenTriesMs = 20;
const giveUpMs = 120_000;
const withdrawnShare = 0.5;
const grantRights = `
  insert into list_grant (list, organisation, rights)
  values ($1, 'analyst', '{read,enrol,verify}'), ($1, 'platform', '{match}')`;
const countEntries = 'select count(*)::int as count from entry where id = any($1::uuid[])';
const countWithdrawn = "select count(*)::int as count from entry where id = any($1::uuid[]) and status = 'withdrawn'";
const countVerdicts = 'select count(*)::int as count from verdict where request_id = any($1::text[])';

const enrolled = z.looseObject({ id: z.string() });
const judged = z.looseObject({ requestId: z.string(), verdict: z.string(), index: z.looseObject({ ageMs: z.number() }) });

export class Workload {
  private readonly random = randomFrom(3);
  private readonly expectations: Expectations;
  private readonly entries: string[] = [];
  private readonly withdrawals: string[] = [];
  private readonly verdicts: string[] = [];
  private readonly recoveries: number[] = [];
  private readonly answers = new Map<number, number>();
  private wrong = 0;
  private late = 0;
  private caller = new Caller('');
  private over = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly installation: Installation) {
    this.expectations = new Expectations(this.random, installation.known);
  }

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
    const works = [() => this.enrol(), () => this.withdraw(), () => this.match()];
    const all = Array.from({ length: callersEach }, () => works.map((work) => this.repeat(work)));
    this.running = Promise.all(all.flat());
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.running;
    this.caller.close();
  }

  /** Waits until an entry is enrolled and a verdict answered, and notes how long that took since `since`. */
  async recovered(since: number): Promise<void> {
    while (!((await this.enrol()) && (await this.match()))) {
      if (performance.now() - since > giveUpMs) throw new Error(`the service did not recover within ${giveUpMs} ms`);
      await pause(betweenTriesMs);
    }
    this.recoveries.push(performance.now() - since);
  }

  /** The hash of an entry that is to match until `inMs` have passed. */
  async enrolExpiring(inMs: number): Promise<string> {
    const pdq = randomHash(this.random);
    const expiresAt = new Date(Date.now() + inMs).toISOString();
    const { status, body } = await this.send('/v1/entries', 'analyst', {
      list: knownList.id,
      hashes: { pdq, quality: 100 },
      expiresAt,
    });
    if (status !== 201) throw new Error(`the enrolment answered ${status}: ${body}`);
    return pdq;
  }

  async isKnown(pdq: string): Promise<boolean> {
    const { body } = await this.send('/v1/match', 'platform', { hashes: { pdq, quality: 100 } });
    return judged.parse(JSON.parse(body)).verdict === 'remove';
  }

  /** Answers of one status since the start; 0 stands for none. */
  answered(status: number): number {
    return this.answers.get(status) ?? 0;
  }

  /** Call it with no server running. */
  async rows(): Promise<FaultRow[]> {
    const [entries, withdrawn, verdicts] = await this.withDatabase(async (database) => [
      await countOf(database, countEntries, this.entries.map(uuidOfEntryId)),
      await countOf(database, countWithdrawn, this.withdrawals.map(uuidOfEntryId)),
      await countOf(database, countVerdicts, this.verdicts),
    ]);
    const lost = (all: readonly string[], stored = 0) => ({ value: all.length - stored, unit: '', maximum: 0 });
    return [
      { measured: 'faults', value: this.recoveries.length, unit: '' },
      { measured: 'acknowledged entries', value: this.entries.length, unit: '', minimum: 1 },
      { measured: 'acknowledged entries that are lost', ...lost(this.entries, entries) },
      { measured: 'acknowledged withdrawals', value: this.withdrawals.length, unit: '', minimum: 1 },
      { measured: 'acknowledged withdrawals that are lost', ...lost(this.withdrawals, withdrawn) },
      { measured: 'verdicts', value: this.verdicts.length, unit: '', minimum: 1 },
      { measured: 'verdicts without a record', ...lost(this.verdicts, verdicts) },
      { measured: 'wrong verdicts', value: this.wrong, unit: '', maximum: 0 },
      { measured: 'verdicts from memory that is older than a change', value: this.late, unit: '' },
      { measured: 'answers 500', value: this.answered(500), unit: '', maximum: 0 },
      { measured: 'median recovery', value: percentile(Float64Array.from(this.recoveries).sort(), 0.5), unit: 'ms' },
      { measured: 'longest recovery', value: Math.max(...this.recoveries), unit: 'ms', maximum: 5_000 },
    ];
  }

  private async repeat(work: () => Promise<boolean>): Promise<void> {
    while (!this.over) await pause((await work()) ? betweenCallsMs : betweenTriesMs);
  }

  private async enrol(): Promise<boolean> {
    const pdq = randomHash(this.random);
    const { status, body } = await this.send('/v1/entries', 'analyst', { list: knownList.id, hashes: { pdq, quality: 100 } });
    if (status !== 201) return false;
    const { id } = enrolled.parse(JSON.parse(body));
    this.entries.push(id);
    this.expectations.enrolled({ id, pdq });
    return true;
  }

  private async withdraw(): Promise<boolean> {
    const entry = this.random() < withdrawnShare ? this.expectations.takeForWithdrawal() : undefined;
    if (!entry) return true;
    const { status } = await this.send(`/v1/entries/${entry.id}/withdraw`, 'analyst', { reason: 'a mistake' });
    if (status !== 200) return false;
    this.withdrawals.push(entry.id);
    this.expectations.withdrew(entry);
    return true;
  }

  private async match(): Promise<boolean> {
    const expected = this.expectations.next();
    const askedAt = performance.now();
    const { status, body } = await this.send('/v1/match', 'platform', { hashes: { pdq: expected.pdq, quality: 100 } });
    if (status !== 200) return false;
    const { requestId, verdict, index } = judged.parse(JSON.parse(body));
    // Vigie counts `no_known_match` and keeps no record of it.
    if (verdict !== 'no_known_match') this.verdicts.push(requestId);
    if (verdict === expected.verdict || !expected.stillHolds()) return true;
    // The answer says how old the memory is. Without its database, a node cannot learn of the last changes.
    if (expected.since < askedAt - index.ageMs) this.wrong++;
    else this.late++;
    return true;
  }

  private async send(path: string, as: keyof typeof durabilitySpec.keys, body: object): Promise<Answer> {
    const answer = await this.caller.call({ path, key: this.installation.keys[as], body: JSON.stringify(body) });
    this.answers.set(answer.status, this.answered(answer.status) + 1);
    return answer;
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
