/** Who may export a list, see it, confirm it and download it, and what the file has. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { auditPageSchema } from '../../src/http/schemas/audit.js';
import { exportPageSchema, exportSchema } from '../../src/http/schemas/export.js';
import { expectOk, problemOf } from '../support/client.js';
import { openTestDatabase } from '../support/database.js';
import { entriesIn, exportRequest, fileOf, lastDownload, readyExport } from '../support/exports.js';
import { hashNamed, importFile, vigieFile } from '../support/import-files.js';
import { keyOf } from '../support/seed.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const analyst = () => on.client.as('analyst');
const reviewer = () => on.client.as('reviewer');
const police = () => on.client.as('analyst', 'others');
const ask = (client: typeof on.client, request: object = {}) =>
  client.json('POST', '/v1/exports', { ...exportRequest, ...request });
const act = (client: typeof on.client, id: string, deed: 'confirm' | 'cancel') =>
  client.json('POST', `/v1/exports/${id}/${deed}`, {});
const file = (client: typeof on.client, id: string) => client.call('GET', `/v1/exports/${id}/file`);
const grant = async (list: string, rights: readonly string[]) =>
  expect((await on.client.as('operator').json('PUT', `/v1/lists/${list}/grants/others`, { rights })).status).toBe(200);
const newList = (id: string, more: object = {}) => {
  const verification = { people: 0, organisations: 0 };
  return on.client.createList({ id, title: id, class: 'ncii_adult', action: 'remove', verification, ...more });
};
const listed = async (id: string, records: readonly string[], more: object = {}) => {
  await newList(id, more);
  await importFile(analyst(), vigieFile(records.map((record) => ({ id: record }))), { list: id });
};

describe('asking for an export', () => {
  it('answers 404 if the organisation may not know the list', async () => {
    await newList('secret');
    await grant('secret', []);
    expect([(await ask(police(), { list: 'secret' })).status, (await ask(analyst(), { list: 'nowhere' })).status]).toEqual([
      404, 404,
    ]);
  });

  it('answers 403 if the owner does not allow it', async () => {
    const answer = await ask(police());
    expect([answer.status, problemOf(answer).detail]).toEqual([403, expect.stringContaining('no right to export list "known"')]);
  });

  it.each([
    ['a format that Vigie cannot write', { format: 'nsrl-text' }],
    ['a scheme of another format', { scheme: 'vics-us-2' }],
    ['a scheme that is none', { format: 'vics', scheme: 'iped' }],
    ['no recipient', { recipient: ' ' }],
    ['no purpose', { purpose: '' }],
    ['too many canaries', { canaries: 21 }],
    ['a key that is none', { age: 'age1nothing' }],
  ])('answers 400 for %s', async (_what, request) => {
    expect((await ask(analyst(), request)).status).toBe(400);
  });

  it('never repeats a secret key that somebody sent by mistake', async () => {
    const answer = await ask(analyst(), { age: `AGE-SECRET-KEY-1${'Q'.repeat(58)}` });
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.not.stringContaining('QQQQ')]);
  });
});

describe('an export', () => {
  it('needs another person, who may be a reviewer', async () => {
    const asked = expectOk(exportSchema, await ask(analyst()));
    expect(asked).toMatchObject({ state: 'waiting', confirmedBy: null, canaries: 3, age: null, downloads: [] });
    const early = await file(analyst(), asked.id);
    expect([early.status, problemOf(early).detail]).toEqual([409, expect.stringContaining('second person')]);
    const own = await act(analyst(), asked.id, 'confirm');
    expect([own.status, problemOf(own).code]).toEqual([403, 'own_work']);
    const ready = expectOk(exportSchema, await act(reviewer(), asked.id, 'confirm'));
    expect(ready).toMatchObject({ state: 'ready', by: asked.by, confirmedBy: expect.any(Number) });
    expect((await act(reviewer(), asked.id, 'confirm')).status).toBe(409);
  });

  it('is invisible for other organisations', async () => {
    const { id } = await readyExport(on.client, { canaries: 0 });
    const tried = [
      police().call('GET', `/v1/exports/${id}`),
      act(police(), id, 'confirm'),
      act(police(), id, 'cancel'),
      file(police(), id),
    ];
    expect((await Promise.all(tried)).map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(expectOk(exportPageSchema, await police().call('GET', '/v1/exports')).items).toEqual([]);
  });

  it('by another organisation is seen by the owner of the list, who cannot download it', async () => {
    await listed('shared', ['s1']);
    await grant('shared', ['read', 'export']);
    const asked = expectOk(exportSchema, await ask(police(), { list: 'shared' }));
    expect((await act(reviewer(), asked.id, 'confirm')).status).toBe(404);
    expectOk(exportSchema, await act(on.client.as('reviewer', 'others'), asked.id, 'confirm'));
    const seen = expectOk(exportPageSchema, await analyst().call('GET', '/v1/exports?list=shared&limit=1'));
    expect(seen).toMatchObject({ items: [{ id: asked.id, organisation: 'others' }], nextCursor: asked.id });
    expect((await file(analyst(), asked.id)).status).toBe(404);
    expect((await file(police(), asked.id)).status).toBe(200);
  });

  it('ends with the right of its organisation', async () => {
    await listed('lent', ['l1']);
    await grant('lent', ['export']);
    const { id } = expectOk(exportSchema, await ask(police(), { list: 'lent' }));
    expectOk(exportSchema, await act(on.client.as('reviewer', 'others'), id, 'confirm'));
    await grant('lent', ['read']);
    expect([(await file(police(), id)).status, (await police().call('GET', `/v1/exports/${id}`)).status]).toEqual([404, 404]);
  });

  it('can be cancelled, and then nobody can download it', async () => {
    const { id } = await readyExport(on.client);
    expect(expectOk(exportSchema, await act(analyst(), id, 'cancel'))).toMatchObject({ state: 'cancelled', until: null });
    expect([(await file(analyst(), id)).status, (await act(analyst(), id, 'cancel')).status]).toEqual([409, 409]);
  });

  it('can be downloaded for 24 hours after the confirmation, and confirmed for three days', async () => {
    const { id } = await readyExport(on.client);
    const { id: late } = expectOk(exportSchema, await ask(analyst()));
    const { database } = await openTestDatabase(on.service.database);
    await database.query(
      "update export set confirmed_at = confirmed_at - interval '25 hours', made_at = made_at - interval '73 hours'",
    );
    await database.close();
    const answer = await file(analyst(), id);
    expect([answer.status, problemOf(answer).detail]).toEqual([409, expect.stringContaining('expired')]);
    expect((await act(reviewer(), late, 'confirm')).status).toBe(409);
    expect(expectOk(exportSchema, await analyst().call('GET', `/v1/exports/${id}`)).state).toBe('expired');
  });
});

describe('the file', () => {
  it('has the entries that may remove content, and no others', async () => {
    await listed('mixed', ['m1', 'm2', 'm3', 'm4'], { verification: { people: 0, organisations: 0 } });
    const find = async (name: string) => (await on.client.matchHashes({ sha256: hashNamed('sha256', name) })).matches[0]?.entry;
    await on.client.withdraw((await find('m1')) ?? '');
    await analyst().json('POST', `/v1/entries/${await find('m2')}/dispute`, { reason: 'not sure' });
    const unknown = vigieFile([{ id: 'm5', class: 'newer_class' }]);
    await importFile(analyst(), unknown, { list: 'mixed', source: 'other' });
    const { id } = await readyExport(on.client, { list: 'mixed', canaries: 0 });
    const written = entriesIn(await fileOf(on.client, id));
    expect(written.map(({ sourceId }) => sourceId).sort()).toEqual(['m3', 'm4']);
    const third = written.find(({ sourceId }) => sourceId === 'm3');
    expect(third).toMatchObject({ list: 'mixed', class: 'ncii_adult', hashes: [{ value: hashNamed('sha256', 'm3') }] });
  });

  it('has a receipt with its SHA-256 and what the format could not carry', async () => {
    await newList('lossy');
    const provenance = { reference: 'case-17' };
    const records = [
      { id: 'r1', provenance, series: 'one' },
      { id: 'r2', hashes: [{ algorithm: 'md5', value: hashNamed('md5', 'r2') }] },
      { id: 'r3', hashes: [{ algorithm: 'pdq', value: hashNamed('sha256', 'r3'), quality: 90 }] },
    ];
    await importFile(analyst(), vigieFile(records), { list: 'lossy' });
    const { id } = await readyExport(on.client, { list: 'lossy', format: 'iped', canaries: 0 });
    const answer = await file(analyst(), id);
    const bytes = String(answer.body);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="lossy-[0-9a-f]{8}\.csv"$/);
    const { state, receipt } = await lastDownload(on.client, id);
    expect(state).toBe('complete');
    expect(receipt).toMatchObject({ entries: 2, hashes: 2, canaries: 0, leftOut: 1, bytes: bytes.length });
    expect(receipt.losses).toEqual({ class: 2, provenance: 1, sourceId: 2 });
    expect(receipt.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('can be had only by the two people, each time with an act in the audit log', async () => {
    const { id } = await readyExport(on.client, { canaries: 0 });
    await fileOf(on.client, id);
    await lastDownload(on.client, id);
    const acts = await until('the acts are sealed', 20_000, async () => {
      const { items } = expectOk(auditPageSchema, await on.client.as('auditor').call('GET', '/v1/audit?limit=1000'));
      const of = items.filter(({ subject }) => subject === id);
      return of.length >= 4 ? of : undefined;
    });
    expect(acts.map(({ act }) => act)).toEqual(['export.ask', 'export.confirm', 'export.download', 'export.sent']);
    expect(acts[3]?.detail).toMatchObject({ list: 'known', recipient: 'Police of Ghent', purpose: 'agreement 12' });
    expect(JSON.stringify(acts)).not.toContain('"value"');
  });

  it('can be downloaded ten times', async () => {
    const { id } = await readyExport(on.client, { canaries: 0 });
    for (let download = 0; download < 10; download++) {
      await fileOf(on.client, id);
      await lastDownload(on.client, id);
    }
    expect((await file(analyst(), id)).status).toBe(409);
  });

  it('is not downloaded by a HEAD request', async () => {
    const { id } = await readyExport(on.client, { canaries: 0 });
    const headers = { authorization: `Bearer ${keyOf('analyst')}` };
    const { status } = await fetch(`${on.service.url}/v1/exports/${id}/file`, { method: 'HEAD', headers });
    expect(status).toBe(405);
    expect(expectOk(exportSchema, await analyst().call('GET', `/v1/exports/${id}`)).downloads).toEqual([]);
  });
});
