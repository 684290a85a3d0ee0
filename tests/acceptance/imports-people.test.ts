/** Who may import, see, confirm and cancel, and what is refused. */
import { readdirSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { entryPageSchema, entrySchema } from '../../src/http/schemas/entry.js';
import { importPageSchema, importSchema } from '../../src/http/schemas/import.js';
import { vigieJson } from '../support/cli.js';
import { expectOk, problemOf } from '../support/client.js';
import { hashNamed, importFile, settled, sha256Named, upload, vigieFile, withdrawnRecord } from '../support/import-files.js';
import { keyOf } from '../support/seed.js';
import { mayMount, mountSmallDisk } from '../support/small-disk.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const maxBytes = 256 * 1024;
const on = useService({ env: { VIGIE_MAX_IMPORT_BYTES: String(maxBytes), VIGIE_BODY_TIMEOUT_MS: '2000' } });
const analyst = () => on.client.as('analyst');
const police = () => on.client.as('analyst', 'others');
const verdictOf = async (name: string) => (await on.client.matchHashes({ sha256: hashNamed('sha256', name) })).verdict;
const grant = async (list: string, rights: readonly string[]) =>
  expect((await on.client.as('operator').json('PUT', `/v1/lists/${list}/grants/others`, { rights })).status).toBe(200);
const newList = async (id: string, withdrawalsAnHour = 1) => {
  const limits = { withdrawalsAnHour, disputesAfter: 2, floodAnHour: 100_000 };
  const verification = { people: 0, organisations: 0 };
  await on.client.createList({ id, title: id, class: 'ncii_adult', action: 'remove', verification, limits });
};
const act = (client: typeof on.client, id: string, deed: 'confirm' | 'cancel') =>
  client.json('POST', `/v1/imports/${id}/${deed}`, {});
const uploads = () => readdirSync(join(on.service.database.env.VIGIE_DATA_DIR, 'imports'));
/** Another person of the analyst's organisation. */
let colleagueKey: string | undefined;
const colleague = async (): Promise<typeof on.client> => {
  if (colleagueKey === undefined) {
    const create = ['keys', 'create', '--organisation', 'tests', '--role', 'analyst', '--person', 'a colleague'];
    const { key } = z.object({ key: z.string() }).parse(await vigieJson(create, on.service.database.env));
    // The server learns of it from the change feed.
    await until('the key works', 10_000, async () => (await on.client.withKey(key).call('GET', '/v1/imports')).status === 200);
    colleagueKey = key;
  }
  return on.client.withKey(colleagueKey);
};

/** Sends the headers and `bytes` of a body of `length` bytes, and no more. Resolves with the status. */
function beginUpload(query: string, key: string, length: number | undefined, bytes = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream' };
    const announced = length === undefined ? {} : { 'content-length': length };
    const sent = request(
      `${on.service.url}/v1/imports?${query}`,
      { method: 'POST', headers: { ...headers, ...announced } },
      (answer) => {
        resolve(answer.statusCode ?? 0);
        answer.resume();
        sent.destroy();
      },
    );
    sent.on('error', reject);
    sent.flushHeaders();
    if (bytes > 0) sent.write(Buffer.alloc(bytes, 'x'));
  });
}

describe('an upload', () => {
  it('is refused with 403 before it is read if the organisation may not enrol', async () => {
    expect(await beginUpload('list=known', keyOf('analyst', 'others'), 2 ** 36)).toBe(403);
  });

  it('is refused with 404 before it is read if the organisation may not know the list', async () => {
    await newList('secret');
    await grant('secret', []);
    expect(await beginUpload('list=secret', keyOf('analyst', 'others'), 2 ** 36)).toBe(404);
    expect(await beginUpload('list=nowhere', keyOf('analyst', 'others'), 2 ** 36)).toBe(404);
  });

  it('is refused with 403 for every other role', async () => {
    for (const role of ['platform', 'reviewer', 'operator', 'flagger', 'auditor'] as const)
      expect(await beginUpload('list=known', keyOf(role), 2 ** 36)).toBe(403);
  });

  it('needs a key', async () => {
    expect(await beginUpload('list=known', 'nobody', 2 ** 36)).toBe(401);
  });

  it('that announces more than the limit is refused before it is read', async () => {
    expect(await beginUpload('list=known', keyOf('analyst'), maxBytes + 1)).toBe(413);
  });

  it('that turns out longer than the limit is refused, and deleted', async () => {
    const status = await beginUpload('list=known', keyOf('analyst'), undefined, maxBytes + 1);
    expect([status, uploads()]).toEqual([413, []]);
  });

  it('without a body answers 400', async () => {
    expect(problemOf(await upload(analyst(), '', { list: 'known' })).code).toBe('empty_body');
  });

  it('that stops answers 408, is a private file meanwhile, and is deleted', async () => {
    const stopped = beginUpload('list=known', keyOf('analyst'), 20_000, 10_000);
    const [name = ''] = await until('the upload is on the disk', 10_000, () => (uploads().length > 0 ? uploads() : undefined));
    const folder = join(on.service.database.env.VIGIE_DATA_DIR, 'imports');
    expect([statSync(folder).mode & 0o777, statSync(join(folder, name)).mode & 0o777]).toEqual([0o700, 0o600]);
    expect([await stopped, uploads()]).toEqual([408, []]);
  });

  it('past two at once answers 503', async () => {
    const open = [1, 2].map(() => beginUpload('list=known', keyOf('analyst'), 20_000, 10_000));
    await until('two uploads are on the disk', 10_000, () => uploads().length === 2);
    expect(await beginUpload('list=known', keyOf('analyst'), 20_000)).toBe(503);
    expect(await Promise.all(open)).toEqual([408, 408]);
  });

  it.skipIf(!mayMount())('onto a full disk answers 503, and is deleted', async () => {
    const folder = join(on.service.database.env.VIGIE_DATA_DIR, 'imports');
    const full = mountSmallDisk(folder);
    const answer = await upload(analyst(), Buffer.alloc(128 * 1024, 'x'), { list: 'known' });
    const left = uploads();
    full.unmount();
    expect([answer.status, problemOf(answer).code, left]).toEqual([503, 'overloaded', []]);
  });

  it('is deleted after the import', async () => {
    await importFile(analyst(), vigieFile([{ id: 'deleted' }]), { list: 'known' });
    await until('the upload is deleted', 10_000, () => uploads().length === 0);
    expect(uploads()).toEqual([]);
  });

  it.each([
    ['an unknown format', { format: 'guess' }],
    ['a source with a slash', { source: 'a/b' }],
    ['an unknown parameter', { everything: 'true' }],
    ['no list', { list: '' }],
  ])('with %s answers 400', async (_what, query) => {
    expect((await upload(analyst(), vigieFile([]), { list: 'known', ...query })).status).toBe(400);
  });
});

describe('an import', () => {
  it('is invisible for another organisation, also for one that may enrol into the list', async () => {
    await newList('shared');
    await grant('shared', ['read', 'enrol']);
    const { id } = await importFile(analyst(), vigieFile([{ id: 'a1' }]), { list: 'shared' });
    const tried = [police().call('GET', `/v1/imports/${id}`), act(police(), id, 'cancel'), act(police(), id, 'confirm')];
    expect((await Promise.all(tried)).map(({ status }) => status)).toEqual([404, 404, 404]);
    const seen = expectOk(importPageSchema, await police().call('GET', '/v1/imports'));
    expect(seen.items).toEqual([]);
    const own = expectOk(importPageSchema, await analyst().call('GET', '/v1/imports?list=shared&limit=1'));
    expect(own).toMatchObject({ items: [{ id }], nextCursor: id });
    const last = await analyst().call('GET', `/v1/imports?list=shared&limit=1&cursor=${own.nextCursor}`);
    expect(last.body).toEqual({ items: [], nextCursor: null });
  });

  it('leaves matching what another organisation claims as well', async () => {
    await newList('twice');
    await grant('twice', ['read', 'enrol']);
    const file = vigieFile([{ id: 'both' }]);
    await importFile(analyst(), file, { list: 'twice', source: 'case' });
    await importFile(police(), file, { list: 'twice', source: 'case' });
    const { items } = expectOk(entryPageSchema, await analyst().call('GET', '/v1/entries?list=twice'));
    expect(items[0]?.claims.map(({ organisation }) => organisation)).toEqual(['tests', 'others']);
    await importFile(analyst(), vigieFile([withdrawnRecord('both')]), { list: 'twice', source: 'case' });
    expect(await verdictOf('both')).toBe('remove');
    await importFile(police(), vigieFile([withdrawnRecord('both')]), { list: 'twice', source: 'case' });
    expect(await verdictOf('both')).toBe('no_known_match');
  });

  it('puts what the file says about a record into its claim', async () => {
    await newList('claimed');
    const provenance = { unit: 'Unit 7', reference: 'case-17' };
    const expiresAt = '2099-01-01T00:00:00.000Z';
    await importFile(analyst(), vigieFile([{ id: 'said', provenance, expiresAt, series: 'one' }]), { list: 'claimed' });
    const { items } = expectOk(entryPageSchema, await analyst().call('GET', '/v1/entries?list=claimed'));
    expect(items).toMatchObject([{ series: 'one', expiresAt, claims: [{ organisation: 'tests', provenance, expiresAt }] }]);
  });

  it('can be cancelled while it waits, and nothing of it remains', async () => {
    await newList('cancelled');
    await importFile(analyst(), vigieFile([{ id: 'b1' }, { id: 'b2' }]), { list: 'cancelled' });
    const waiting = await importFile(analyst(), vigieFile([{ id: 'b3' }]), { list: 'cancelled', replace: 'true' });
    expect(waiting.state).toBe('waiting');
    expect(expectOk(importSchema, await act(analyst(), waiting.id, 'cancel')).state).toBe('cancelled');
    expect([await verdictOf('b1'), await verdictOf('b3')]).toEqual(['remove', 'no_known_match']);
    expect((await act(analyst(), waiting.id, 'cancel')).status).toBe(409);
    expect((await act(await colleague(), waiting.id, 'confirm')).status).toBe(409);
  });
});

describe('an import that ends more claims than the list allows in an hour', () => {
  const replaced = async (list: string) => {
    await newList(list);
    await importFile(analyst(), vigieFile([1, 2, 3].map((n) => ({ id: `${list} ${n}` }))), { list });
    return importFile(analyst(), vigieFile([{ id: `${list} 3` }, { id: `${list} 4` }]), { list, replace: 'true' });
  };

  it('waits for another person', async () => {
    const { id, state, report } = await replaced('careful');
    expect([state, report.ended, await verdictOf('careful 1')]).toEqual(['waiting', 2, 'remove']);
    const own = await act(analyst(), id, 'confirm');
    expect([own.status, problemOf(own).code]).toEqual([403, 'own_work']);
    const done = expectOk(importSchema, await act(await colleague(), id, 'confirm'));
    expect([done.state, await verdictOf('careful 1'), await verdictOf('careful 4')]).toEqual([
      'promoted',
      'no_known_match',
      'remove',
    ]);
  });

  it('cannot be confirmed after a newer file of its source', async () => {
    const { id } = await replaced('overtaken');
    await importFile(analyst(), vigieFile([{ id: 'overtaken 5' }]), { list: 'overtaken' });
    const answer = await act(await colleague(), id, 'confirm');
    expect([answer.status, await verdictOf('overtaken 1')]).toEqual([409, 'remove']);
  });

  it('waits also if its records change or are withdrawn, without replace', async () => {
    await newList('sly');
    await importFile(analyst(), vigieFile([{ id: 'x1' }, { id: 'x2' }]), { list: 'sly' });
    const changed = ['x1', 'x2'].map((id) => ({ id, hashes: [sha256Named(`${id} other`)] }));
    expect((await importFile(analyst(), vigieFile(changed), { list: 'sly' })).state).toBe('waiting');
    const taken = ['x1', 'x2'].map(withdrawnRecord);
    expect((await importFile(analyst(), vigieFile(taken), { list: 'sly' })).state).toBe('waiting');
  });

  it('imports nothing if the list is deleted meanwhile', async () => {
    const { id } = await replaced('doomed');
    const operator = on.client.as('operator');
    await operator.json('PATCH', '/v1/lists/doomed', { enabled: false });
    await operator.call('DELETE', '/v1/lists/doomed');
    const answer = await act(await colleague(), id, 'confirm');
    expect(answer.status).toBe(404);
  });

  it('leaves out what was withdrawn from the list meanwhile', async () => {
    await newList('meanwhile', 10);
    const old = vigieFile(Array.from({ length: 12 }, (_, n) => ({ id: `old ${n}` })));
    await importFile(analyst(), old, { list: 'meanwhile' });
    const waiting = await importFile(analyst(), vigieFile([{ id: 'late' }]), { list: 'meanwhile', replace: 'true' });
    expect(waiting.state).toBe('waiting');
    const { id } = await on.client.enrolHashes({ sha256: hashNamed('sha256', 'late') }, 'meanwhile');
    const body = { reason: 'asked for', byVictim: true };
    expectOk(entrySchema, await analyst().json('POST', `/v1/entries/${id}/withdraw`, body));
    expectOk(importSchema, await act(await colleague(), waiting.id, 'confirm'));
    expect((await settled(analyst(), waiting.id)).state).toBe('promoted');
    expect(await verdictOf('late')).toBe('no_known_match');
  });

  it('imports nothing if the organisation lost its rights meanwhile', async () => {
    await newList('lent');
    await grant('lent', ['read', 'enrol']);
    await importFile(police(), vigieFile([{ id: 'lent 1' }, { id: 'lent 2' }]), { list: 'lent' });
    const waiting = await importFile(police(), vigieFile([{ id: 'lent 3' }]), { list: 'lent', replace: 'true' });
    await grant('lent', ['read']);
    expect((await act(police(), waiting.id, 'confirm')).status).toBe(404);
    expect(await verdictOf('lent 1')).toBe('remove');
  });
});

describe('a record that the API would refuse', () => {
  const long = 'é'.repeat(600);
  it.each([
    ['a date that is none', { provenance: { date: 'yesterday' } }],
    ['a blank provenance', { provenance: { unit: ' ' } }],
    ['NUL in a text', { series: 'a\u0000b' }],
    ['half of a character in a text', { series: '\ud83d' }],
    ['a blank code', { sourceCodes: [{ scheme: ' ', code: '1' }] }],
    [
      'two PDQ hashes of one variant',
      { hashes: ['v1', 'v2'].map((name) => ({ algorithm: 'pdq', value: hashNamed('sha256', name) })) },
    ],
    [
      'more PDQ hashes than an entry may have',
      { hashes: Array.from({ length: 41 }, (_, n) => ({ algorithm: 'pdq', variant: `v${n}`, value: hashNamed('sha256', n) })) },
    ],
    ['a series that is too long', { series: long }],
  ])('is invalid with its line: %s', async (_what, fields) => {
    const done = await importFile(analyst(), vigieFile([{ id: 'refused', ...fields }]), { list: 'known' });
    expect(done).toMatchObject({ state: 'failed', report: { invalid: 1, problems: [{ at: 'line 2' }] } });
  });

  it('is invalid without the provenance that the list requires', async () => {
    await on.client.createList({
      ...{ id: 'strict', title: 'Strict', class: 'ncii_adult', action: 'remove' },
      provenanceRequired: ['unit'],
    });
    const done = await importFile(analyst(), vigieFile([{ id: 'strict' }]), { list: 'strict' });
    expect(done.report.problems).toEqual([{ at: 'line 2', reason: expect.stringContaining('provenance.unit') }]);
  });
});
