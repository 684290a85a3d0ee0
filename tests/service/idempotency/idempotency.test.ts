import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { VigieError } from '../../../src/domain/errors.js';
import { type Claimed, Idempotency } from '../../../src/service/idempotency/idempotency.js';
import { IdempotencyStore, type StoredAnswer } from '../../../src/store/idempotency.js';
import { openOwnDatabase } from '../../support/own-database.js';
import { until } from '../../support/until.js';
import { silentLog } from '../sync/follower-parts.js';

const { database } = await openOwnDatabase();
const store = new IdempotencyStore(database);
const fingerprintOf = (text: string) => createHash('sha256').update(text).digest();
const [one, other] = [fingerprintOf('one'), fingerprintOf('other')];
const created: StoredAnswer = { status: 201, contentType: 'application/json', body: Buffer.from('{"id":"ent_1"}') };

let names = 0;
let name: { apiKey: string; key: string };
let here: Idempotency;
let there: Idempotency;

beforeEach(() => {
  name = { apiKey: 'testanalyst0', key: `request ${++names}`.replace(' ', '-') };
  [here, there] = [new Idempotency(store, silentLog), new Idempotency(store, silentLog)];
});

async function claimed(by: Idempotency, fingerprint: Uint8Array = one): Promise<Claimed> {
  const begun = await by.begin(name, fingerprint);
  if (!('keep' in begun)) throw new Error('was answered, not claimed');
  return begun;
}

const refusal = (work: Promise<unknown>): Promise<VigieError> =>
  work.then(
    () => Promise.reject(new Error('was not refused')),
    (error: VigieError) => error,
  );

const age = (interval: string) =>
  database.query(
    'update idempotent_request set begun_at = begun_at - $1::interval, claimed_until = claimed_until - $1::interval',
    [interval],
  );

describe('a request', () => {
  it('gets the same answer again on every node', async () => {
    await (await claimed(here)).keep(created);
    expect([await here.begin(name, one), await there.begin(name, one)]).toEqual([created, created]);
    expect([here.replayed, there.replayed]).toEqual([1, 1]);
  });

  it('with the same name and other content is refused', async () => {
    await (await claimed(here)).keep(created);
    expect(await refusal(there.begin(name, other))).toMatchObject({ code: 'conflict', retryAfterSeconds: undefined });
  });

  it('that is running is refused on another node, which tells it to retry', async () => {
    const { release } = await claimed(here);
    expect(await refusal(there.begin(name, one))).toMatchObject({ code: 'conflict', retryAfterSeconds: 1 });
    await release();
  });

  it('sent to two nodes ten times at once is done once', async () => {
    const begun = await Promise.allSettled(Array.from({ length: 10 }, (_, at) => (at % 2 ? here : there).begin(name, one)));
    const mine = begun.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(mine.length).toBe(1);
    for (const claim of mine) if ('release' in claim) await claim.release();
  });

  it('whose answer was not final runs again', async () => {
    await (await claimed(here)).release();
    await (await claimed(there)).release();
  });

  it('shares no names with other API keys', async () => {
    await (await claimed(here)).keep(created);
    expect(await here.begin({ ...name, apiKey: 'testoperator' }, other)).toHaveProperty('release');
  });
});

describe('a request whose node was killed', () => {
  it('runs again once its claim has ended, and not before', async () => {
    expect(await store.claim(name, one, '00000000-0000-4000-8000-000000000000', 20_000)).toBe(true);
    expect((await refusal(here.begin(name, one))).code).toBe('conflict');
    await age('21 s');
    await (await claimed(here)).keep(created);
    expect(await there.begin(name, one)).toEqual(created);
  });

  it('does not free its name for another request', async () => {
    await store.claim(name, one, '00000000-0000-4000-8000-000000000000', 20_000);
    await age('21 s');
    expect((await refusal(here.begin(name, other))).code).toBe('conflict');
  });

  it('and comes back late neither stores nor frees what another node has claimed', async () => {
    const late = await claimed(new Idempotency(store, silentLog, 60_000));
    await age('61 s');
    const { keep } = await claimed(there);
    await late.keep({ ...created, status: 500 });
    await late.release();
    await keep(created);
    expect(await here.begin(name, one)).toEqual(created);
  });
});

describe('a request that takes longer than its claim', () => {
  it('stays claimed, because the claim is renewed', async () => {
    const slow = new Idempotency(store, silentLog, 300);
    const { keep } = await claimed(slow);
    const since = performance.now();
    await until('the first claim would have ended twice', 5_000, () => performance.now() - since > 600);
    expect((await refusal(there.begin(name, one))).code).toBe('conflict');
    await keep(created);
    expect(await there.begin(name, one)).toEqual(created);
  });
});

describe('after 24 hours', () => {
  it('a name is free again even if it is not pruned yet', async () => {
    await (await claimed(here)).keep(created);
    await age('24 hours');
    await (await claimed(there, other)).release();
  });

  it('only older requests are pruned', async () => {
    await database.query('delete from idempotent_request');
    await (await claimed(here)).keep(created);
    await age('25 hours');
    const old = name;
    name = { ...name, key: 'newer' };
    await (await claimed(here)).keep(created);
    expect(await here.prune()).toBe(1);
    expect([await store.find(old), (await store.find(name))?.answer]).toEqual([undefined, created]);
  });
});
