import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VigieError } from '../../../src/domain/errors.js';
import { VerdictJournal } from '../../../src/service/matching/verdict-journal.js';
import { VerdictLog } from '../../../src/service/matching/verdict-log.js';
import { type VerdictRecord, VerdictStore } from '../../../src/store/verdicts.js';
import { openOwnDatabase } from '../../support/own-database.js';
import { gate, silentLog } from '../sync/follower-parts.js';

const { database } = await openOwnDatabase();
const store = new VerdictStore(database);
let folder: string;
let path: string;
const journal = () => new VerdictJournal(path, silentLog);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-journal-'));
  path = join(folder, 'verdicts.journal');
});
afterEach(() => rmSync(folder, { recursive: true }));

function recordOf(requestId: string): VerdictRecord {
  return {
    ...{ requestId, key: 'testplatform', organisation: 'tests', verdict: 'remove', reason: null },
    matches: [],
    removal: null,
    evidence: [],
    policy: { list: 2 },
    indexVersion: '1',
    answeredAt: new Date('2026-11-23T12:00:00Z'),
  } as const;
}

const away = () => Promise.reject(new VigieError('database_unavailable', 'away'));

/** A process that answers and ends without a commit. */
async function answerAndDie(...requestIds: string[]): Promise<void> {
  const log = new VerdictLog({ append: away }, silentLog, { journal: journal(), closeWithinMs: 0 });
  for (const id of requestIds) await log.record(recordOf(id));
  await log.close();
}

describe('VerdictJournal', () => {
  it('commits at the next start what was answered while the database was away', async () => {
    await answerAndDie('journal 1', 'journal 2');
    const next = new VerdictLog(store, silentLog, { journal: journal() });
    next.recover();
    await next.close();
    expect(await store.get('tests', 'journal 1')).toEqual(recordOf('journal 1'));
    expect(await store.get('tests', 'journal 2')).toEqual(recordOf('journal 2'));
  });

  it('holds a record before its answer goes out without a commit', async () => {
    const { passed, open } = gate();
    const log = new VerdictLog({ append: () => passed }, silentLog, { journal: journal() });
    await log.record(recordOf('slow'));
    expect(journal().read()).toEqual([recordOf('slow')]);
    open();
    await log.close();
  });

  it('is empty once everything is committed', async () => {
    await answerAndDie('journal 3');
    const next = new VerdictLog(store, silentLog, { journal: journal() });
    next.recover();
    await next.close();
    expect(statSync(path).size).toBe(0);
  });

  it('leaves out a line that a kill has cut', async () => {
    await answerAndDie('journal 4');
    appendFileSync(path, '{"requestId":"cut');
    expect(
      journal()
        .read()
        .map(({ requestId }) => requestId),
    ).toEqual(['journal 4']);
  });

  it('writes nothing while the database accepts records', async () => {
    const log = new VerdictLog(store, silentLog, { journal: journal() });
    await log.record(recordOf('journal 5'));
    await log.close();
    expect(journal().read()).toEqual([]);
  });

  it('stops no answer when it cannot be written', async () => {
    path = join(folder, 'missing', 'verdicts.journal');
    await expect(answerAndDie('journal 6')).resolves.toBeUndefined();
  });
});
