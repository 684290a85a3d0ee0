import { Writable } from 'node:stream';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VigieError } from '../../../src/domain/errors.js';
import { VerdictLog, type VerdictSink } from '../../../src/service/matching/verdict-log.js';
import { type VerdictRecord, VerdictStore } from '../../../src/store/verdicts.js';
import { openOwnDatabase } from '../../support/own-database.js';
import { gate, silentLog } from '../sync/follower-parts.js';

const { database } = await openOwnDatabase();

function recordOf(number: number): VerdictRecord {
  const caller = { key: 'testplatform', organisation: 'tests' };
  const requestId = `request ${number}`;
  const rest = { removal: null, evidence: [], policy: {} };
  return {
    ...caller,
    requestId,
    verdict: 'remove',
    reason: null,
    matches: [],
    ...rest,
    indexVersion: '1',
    answeredAt: new Date(0),
  };
}

const away = new VigieError('database_unavailable', 'away');

function postgresError(code: string): Error {
  return Object.assign(new pg.DatabaseError('a test', 0, 'error'), { code });
}

/** Reachable, unreachable or slow, as the test says. */
class Sink implements VerdictSink {
  readonly commits: string[][] = [];
  /** Thrown instead of a commit. */
  failure: Error | undefined;
  /** The request whose record it refuses. */
  refused = '';
  hold: Promise<void> | undefined;

  async append(records: readonly VerdictRecord[]): Promise<void> {
    await this.hold;
    if (this.failure) throw this.failure;
    if (records.some(({ requestId }) => requestId === this.refused)) throw postgresError('22021');
    this.commits.push(records.map(({ requestId }) => requestId));
  }
}

const idsTo = (count: number) => Array.from({ length: count }, (_, at) => `request ${at}`);
let sink: Sink;
let log: VerdictLog;
beforeEach(() => {
  sink = new Sink();
  log = new VerdictLog(sink, silentLog);
});

describe('record, in the database', () => {
  it('resolves once the record is there', async () => {
    const real = new VerdictLog(new VerdictStore(database), silentLog);
    await real.record({ ...recordOf(1), requestId: 'committed', matches: [], answeredAt: new Date('2026-11-23T12:00:00Z') });
    expect(await database.query("select * from verdict where request_id = 'committed'")).toEqual([
      {
        request_id: 'committed',
        api_key: 'testplatform',
        organisation: 'tests',
        verdict: 'remove',
        reason: null,
        matches: [],
        removal: null,
        evidence: [],
        policy: {},
        index_version: '1',
        answered_at: new Date('2026-11-23T12:00:00Z'),
      },
    ]);
  });

  it('keeps the first of two records of one request', async () => {
    const store = new VerdictStore(database);
    await store.append([{ ...recordOf(1), requestId: 'twice' }]);
    await store.append([{ ...recordOf(1), requestId: 'twice', verdict: 'test_match' }]);
    expect(await database.query("select verdict from verdict where request_id = 'twice'")).toEqual([{ verdict: 'remove' }]);
  });
});

describe('record', () => {
  it('does not resolve before the commit', async () => {
    const commit = gate();
    sink.hold = commit.passed;
    let resolved = false;
    const recorded = log.record(recordOf(0)).then(() => {
      resolved = true;
    });
    await Promise.resolve();
    expect(resolved).toBe(false);
    commit.open();
    await recorded;
    expect(sink.commits).toEqual([['request 0']]);
  });

  it('commits records that arrived during a commit together, at most 500 at once', async () => {
    const commit = gate();
    sink.hold = commit.passed;
    const recorded = idsTo(1_201).map((_, at) => log.record(recordOf(at)));
    commit.open();
    await Promise.all(recorded);
    expect(sink.commits.map(({ length }) => length)).toEqual([1, 500, 500, 200]);
    expect(sink.commits.flat()).toEqual(idsTo(1_201));
  });

  it('counts no_known_match without a commit', () => {
    log.count();
    expect([log.unmatched, log.pending, sink.commits]).toEqual([1, 0, []]);
  });
});

describe('record, when the database refuses one', () => {
  it('leaves that record out and commits the others', async () => {
    sink.refused = 'request 3';
    await Promise.all([0, 1, 2, 3, 4, 5].map((number) => log.record(recordOf(number))));
    expect(new Set(sink.commits.flat())).toEqual(new Set(idsTo(6).filter((id) => id !== 'request 3')));
    expect([log.pending, log.refused]).toEqual([0, 1]);
  });
});

describe('record, with a database that does not accept records', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it.each([
    ['is unreachable', away],
    ['did not confirm the commit', new VigieError('outcome_unknown', 'unknown')],
    ['is read-only', postgresError('25006')],
    ['cancels statements', postgresError('57014')],
    ['is locked', postgresError('55P03')],
    ['is full', postgresError('53100')],
    ['lacks a table', postgresError('42P01')],
    ['has a network fault', new AggregateError([Object.assign(new Error('connect'), { code: 'ENETUNREACH' })])],
    ['fails in an unknown way', new Error('unknown')],
  ])('keeps the record while the database %s', async (_state, failure) => {
    sink.failure = failure;
    await log.record(recordOf(0));
    expect([log.pending, log.refused]).toEqual([1, 0]);
    sink.failure = undefined;
    await vi.advanceTimersByTimeAsync(1_000);
    expect([log.pending, sink.commits]).toEqual([0, [['request 0']]]);
  });
});

describe('record, with the database unreachable', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    sink.failure = away;
  });
  afterEach(() => vi.useRealTimers());

  it('resolves at once and keeps the record', async () => {
    await log.record(recordOf(0));
    await log.record(recordOf(1));
    expect([log.pending, sink.commits]).toEqual([2, []]);
  });

  it('writes all records in order when it is reachable again', async () => {
    for (let number = 0; number < 700; number++) await log.record(recordOf(number));
    sink.failure = undefined;
    await vi.advanceTimersByTimeAsync(1_000);
    expect([log.pending, sink.commits.flat()]).toEqual([0, idsTo(700)]);
  });

  it('tries again until it succeeds', async () => {
    await log.record(recordOf(0));
    await vi.advanceTimersByTimeAsync(5_000);
    sink.failure = undefined;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sink.commits).toEqual([['request 0']]);
  });

  it('waits for commits again once it is reachable', async () => {
    await log.record(recordOf(0));
    sink.failure = undefined;
    await vi.advanceTimersByTimeAsync(1_000);
    const commit = gate();
    sink.hold = commit.passed;
    let resolved = false;
    void log.record(recordOf(1)).then(() => {
      resolved = true;
    });
    await vi.advanceTimersByTimeAsync(500);
    expect(resolved).toBe(false);
    commit.open();
  });

  it('refuses records past its limit, until the database is reachable again', async () => {
    log = new VerdictLog(sink, silentLog, 3);
    for (let number = 0; number < 3; number++) await log.record(recordOf(number));
    await expect(log.record(recordOf(3))).rejects.toMatchObject({ code: 'overloaded', retryAfterSeconds: 5 });
    sink.failure = undefined;
    await vi.advanceTimersByTimeAsync(1_000);
    await log.record(recordOf(4));
    expect(sink.commits.flat()).toEqual(['request 0', 'request 1', 'request 2', 'request 4']);
  });

  it('lets no reply wait longer than a second for a hanging commit', async () => {
    sink.hold = new Promise(() => {});
    const recorded = log.record(recordOf(0));
    await vi.advanceTimersByTimeAsync(1_000);
    await recorded;
    expect(log.pending).toBe(1);
  });
});

describe('close', () => {
  it('writes the waiting records', async () => {
    sink.failure = away;
    await log.record(recordOf(0));
    sink.failure = undefined;
    await log.close();
    expect([log.pending, sink.commits]).toEqual([0, [['request 0']]]);
  });

  it('waits for the running commit and writes later records', async () => {
    const commit = gate();
    sink.hold = commit.passed;
    const recorded = [log.record(recordOf(0)), log.record(recordOf(1))];
    const closed = log.close();
    commit.open();
    await Promise.all([...recorded, closed]);
    expect(sink.commits.flat()).toEqual(idsTo(2));
  });

  it('tries again when the first write fails, as on a connection that a fault of the network left behind', async () => {
    let tries = 0;
    Object.defineProperty(sink, 'failure', { get: () => (++tries < 4 ? away : undefined) });
    await log.record(recordOf(0));
    await log.close();
    expect([log.pending, sink.commits]).toEqual([0, [['request 0']]]);
  });

  it('logs how many records were lost when the database stays unreachable', async () => {
    const lines: unknown[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _, done) {
        lines.push(JSON.parse(chunk.toString()));
        done();
      },
    });
    log = new VerdictLog(sink, pino(stream), 10, 0);
    sink.failure = away;
    await log.record(recordOf(0));
    await log.close();
    expect(lines.at(-1)).toMatchObject({ verdicts: 1, msg: 'verdicts lost: the database did not accept them' });
  });
});
