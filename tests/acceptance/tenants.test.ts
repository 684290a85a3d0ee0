import { beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { entryPageSchema } from '../../src/http/schemas/entry.js';
import { listsSchema } from '../../src/http/schemas/list.js';
import { mintKey } from '../../src/service/accounts/key-cache.js';
import { vigie, vigieJson } from '../support/cli.js';
import { expectOk, problemOf } from '../support/client.js';
import { openTestDatabase } from '../support/database.js';
import { photograph, randomFrom, randomHash } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(89);
const stranger = (role: 'analyst' | 'platform') => on.client.as(role, 'others');

beforeAll(async () => {
  await on.client.createList({ id: 'secret', title: 'Secret', class: 'csam_illegal', action: 'remove_and_report' });
  await on.client.createList({ id: 'public', title: 'Public', class: 'ncii_adult', action: 'remove', open: true });
});

describe('an organisation that is not subscribed to a list', () => {
  it('gets no matches with it', async () => {
    const image = await photograph(31);
    await on.client.enrol(image, 'secret');
    expect((await on.client.match(image)).matches).toMatchObject([{ list: 'secret' }]);
    expect(await stranger('platform').match(image)).toMatchObject({ verdict: 'no_known_match', matches: [] });
  });

  it('does not see that the list or its entries exist', async () => {
    const entry = await on.client.enrol(await photograph(32), 'secret');
    const { items: lists } = expectOk(listsSchema, await stranger('analyst').call('GET', '/v1/lists'));
    expect(lists.map(({ id }) => id)).not.toContain('secret');
    const { items } = expectOk(entryPageSchema, await stranger('analyst').call('GET', '/v1/entries?list=secret'));
    expect(items).toEqual([]);
    const missing = await stranger('analyst').call('GET', `/v1/entries/ent_${'0'.repeat(32)}`);
    const hidden = await stranger('analyst').call('GET', `/v1/entries/${entry.id}`);
    expect([hidden.status, problemOf(hidden).code]).toEqual([missing.status, problemOf(missing).code]);
  });

  it('gets the same refusal as for a missing list', async () => {
    const into = (list: string) => stranger('analyst').json('POST', '/v1/entries', { list, hashes: { md5: 'ab'.repeat(16) } });
    const [hidden, missing] = [problemOf(await into('secret')), problemOf(await into('nowhere'))];
    expect(hidden.detail.replace('secret', 'nowhere')).toBe(missing.detail);
  });

  it('sees the same index version when it changes', async () => {
    const asked = { pdq: randomHash(random), quality: 100 };
    const before = [await stranger('platform').matchHashes(asked), await on.client.matchHashes(asked)];
    await on.client.enrol(await photograph(33), 'secret');
    const after = [await stranger('platform').matchHashes(asked), await on.client.matchHashes(asked)];
    const changed = after.map(({ index }, at) => index.version !== before[at]?.index.version);
    expect(changed).toEqual([false, true]);
  });

  it('is told pseudonyms of entries', async () => {
    const image = await photograph(34);
    const { id } = await on.client.enrol(image, 'public');
    const names = [await on.client.match(image), await stranger('platform').match(image)].map(({ matches }) => matches[0]?.entry);
    expect(names[0]).toBe(id);
    expect(names[1]).toMatch(/^ent_[0-9a-f]{32}$/);
    expect(names[1]).not.toBe(id);
    expect((await stranger('platform').match(image)).matches[0]?.entry).toBe(names[1]);
  });
});

describe('a deleted list', () => {
  it('matches nothing any more, even during concurrent matches', async () => {
    await on.client.createList({ id: 'ending', title: 'Ending', class: 'tvec', action: 'remove' });
    const hashes = { pdq: randomHash(random), quality: 100 };
    await on.client.enrolHashes(hashes, 'ending');
    const operator = on.client.as('operator');
    const refused = await operator.call('DELETE', '/v1/lists/ending');
    expect([refused.status, problemOf(refused).code]).toEqual([409, 'conflict']);
    await operator.json('PATCH', '/v1/lists/ending', { enabled: false });
    const [deleted, ...verdicts] = await Promise.all([
      operator.call('DELETE', '/v1/lists/ending'),
      ...Array.from({ length: 20 }, () => on.client.matchHashes(hashes)),
    ]);
    expect(deleted?.status).toBe(204);
    expect(new Set(verdicts.map(({ verdict }) => verdict))).toEqual(new Set(['no_known_match']));
    expect((await operator.json('PATCH', '/v1/lists/ending', { enabled: true })).status).toBe(404);
  });
});

describe('a lone operator', () => {
  it('cannot confirm the organisation they created, and its keys open nothing', async () => {
    const operator = on.client.as('operator');
    const made = await operator.json('POST', '/v1/organisations', { id: 'shell', name: 'Shell', kind: 'hotline' });
    expect([made.status, made.body]).toMatchObject([201, { confirmedAt: null }]);
    const confirmed = await operator.call('POST', '/v1/organisations/shell/confirm');
    expect([confirmed.status, problemOf(confirmed).code]).toEqual([403, 'own_work']);
    const { env } = on.service.database;
    const minted = await vigieJson(['keys', 'create', '--organisation', 'shell', '--role', 'platform'], env);
    const detail = async () => problemOf(await on.client.withKey(String(minted.key)).call('GET', '/v1/organisation')).detail;
    await expect.poll(detail).toContain('waits for a second operator');
  });

  it('cannot create an organisation a second time in another spelling', async () => {
    const again = await on.client
      .as('operator')
      .json('POST', '/v1/organisations', { id: 'shell-2', name: 'S.H.E.L.L.', kind: 'hotline' });
    expect([again.status, problemOf(again).detail]).toEqual([409, expect.stringContaining('"shell"')]);
  });

  it('needs a key on the command line once a second person holds an operator key', async () => {
    const { env } = on.service.database;
    const second = await vigieJson(['keys', 'create', '--organisation', 'others', '--role', 'operator', '--person', 'Olga'], env);
    expect(second).toMatchObject({ confirmed: true });
    const create = ['keys', 'create', '--organisation', 'others', '--role', 'analyst', '--person', 'Ada'];
    const nameless = await vigie(create, env);
    expect([nameless.code, nameless.stderr]).toEqual([1, expect.stringContaining('--key or VIGIE_KEY')]);
    const waiting = await vigieJson([...create, '--key', String(second.key)], env);
    expect(waiting).toMatchObject({ confirmed: false });
    const own = await vigie(['keys', 'confirm', String(waiting.id), '--key', String(second.key)], env);
    expect([own.code, own.stderr]).toEqual([1, expect.stringContaining('own work')]);
  });
});

describe('a change of a list to fewer confirmations', () => {
  const nobody = { verification: { people: 0, organisations: 0 } };
  const list = async () => {
    const { items } = expectOk(listsSchema, await on.client.as('operator').call('GET', '/v1/lists'));
    return items.find(({ id }) => id === 'guarded');
  };

  it('waits for a second operator to confirm it, and so does a new list without confirmations', async () => {
    await on.client.createList({ id: 'guarded', title: 'Guarded', class: 'ncii_adult', action: 'remove' });
    const operator = on.client.as('operator');
    expect((await operator.json('PATCH', '/v1/lists/guarded', nobody)).status).toBe(202);
    expect(await list()).toMatchObject({ verification: { people: 1, organisations: 1 }, version: 1 });
    const own = await operator.call('POST', '/v1/lists/guarded/confirm');
    expect([own.status, problemOf(own).code]).toEqual([403, 'own_work']);

    const { stores, database } = await openTestDatabase(on.service.database);
    const { id, key, secretSha256 } = mintKey();
    await stores.keys.create({ id, organisation: 'others', role: 'operator', person: 'Otto', secretSha256 }, setup, true);
    await database.close();
    const otto = on.client.withKey(key);
    await expect.poll(async () => (await otto.call('GET', '/v1/lists')).status).toBe(200);
    expect((await otto.call('POST', '/v1/lists/guarded/confirm')).status).toBe(200);
    expect(await list()).toMatchObject({ ...nobody, version: 2 });
    expect((await otto.call('POST', '/v1/lists/guarded/confirm')).status).toBe(409);

    const lone = { id: 'lone', title: 'Lone', class: 'ncii_adult', action: 'remove', ...nobody };
    const made = await operator.json('POST', '/v1/lists', lone);
    expect([made.status, made.body]).toMatchObject([202, { verification: { people: 1, organisations: 1 } }]);
    expect((await operator.call('POST', '/v1/lists/lone/confirm')).status).toBe(403);
    expect((await otto.call('POST', '/v1/lists/lone/confirm')).body).toMatchObject(nobody);
  });
});

describe('a text that PostgreSQL cannot store', () => {
  it.each(['a\u0000b', 'half \ud800'])('answers 400: %j', async (unit) => {
    const hashes = { sha256: 'ef'.repeat(32) };
    const answer = await on.client.as('analyst').json('POST', '/v1/entries', { list: 'public', hashes, provenance: { unit } });
    expect([answer.status, problemOf(answer).code]).toEqual([400, 'bad_request']);
  });
});
