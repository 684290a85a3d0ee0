import { describe, expect, it } from 'vitest';
import { auditPageSchema } from '../../src/http/schemas/audit.js';
import { deconflictedSchema, rapprochementSchema } from '../../src/http/schemas/deconfliction.js';
import { organisationSchema } from '../../src/http/schemas/organisation.js';
import { expectOk, problemOf } from '../support/client.js';
import { flipBits, photograph, randomFrom, randomHash } from '../support/images.js';
import { hashNamed, importFile, sha256Named, vicsCase, vigieFile } from '../support/import-files.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService({ env: { VIGIE_PROBES_ALERT: '4', VIGIE_PROBES_BANDS: '8' } });
const hotline = () => on.client.as('analyst');
const police = () => on.client.as('analyst', 'others');
const operator = () => on.client.as('operator');
const inquiry = { purpose: 'identify the victim', reference: 'case-17' };
const random = randomFrom(17);

const grant = async (list: string, organisation: string, rights: readonly string[]) =>
  expect((await operator().json('PUT', `/v1/lists/${list}/grants/${organisation}`, { rights })).status).toBe(200);
const deconflict = async (hashes: unknown, client = police()) =>
  expectOk(deconflictedSchema, await client.json('POST', '/v1/deconflict', { ...inquiry, hashes }));
const rapprochement = async (items: readonly unknown[]) =>
  expectOk(rapprochementSchema, await police().json('POST', '/v1/rapprochements', { ...inquiry, items }));
const newList = (id: string, organisation: string) =>
  on.client.createList({
    ...{ id, title: id, class: 'csam_illegal', action: 'remove', organisation },
    verification: { people: 0, organisations: 0 },
  });

describe('a police unit loads a VICS case', () => {
  it('and gets a rapprochement, then asks the hotline about one picture', async () => {
    const contact = 'desk@hotline.example';
    const configured = await operator().json('PATCH', '/v1/organisations/tests', { contact });
    expect(expectOk(organisationSchema, configured)).toMatchObject({ contact });
    const about = { series: 'harbour', facts: { victimIdentified: true, submissions: 7 }, provenance: { reference: 'H-9' } };
    const records = [1, 2, 3].map((id) => ({
      id: `h${id}`,
      hashes: [{ algorithm: 'sha1', value: hashNamed('sha1', id) }],
      ...about,
    }));
    await importFile(hotline(), vigieFile(records), { list: 'illegal', source: 'hotline' });
    await grant('illegal', 'others', ['match']);
    await newList('unit-7', 'others');
    const media = [1, 2, 9].map((id) => ({ MediaID: id, Category: 1, SHA1: hashNamed('sha1', id) }));
    const loaded = await importFile(police(), vicsCase('case-17', media), { list: 'unit-7', source: 'unit-7' });
    expect(loaded).toMatchObject({ state: 'promoted', report: { new: 3 } });

    const items = media.map(({ MediaID, SHA1 }) => ({ id: `m${MediaID}`, hashes: { sha1: SHA1 } }));
    const found = await rapprochement(items);
    // Their own list holds all three, but that is the case itself.
    const illegal = { list: 'illegal', items: 2, entries: 2, series: [{ series: 'harbour', items: 2 }], cases: [] };
    expect(found).toEqual({ items: 3, known: 2, unknown: 1, knownItems: ['m1', 'm2'], lists: [illegal] });

    const asked = await deconflict({ sha1: hashNamed('sha1', 1) });
    expect(asked).toEqual({
      known: true,
      unscannable: null,
      pictures: [
        {
          entry: expect.stringMatching(/^ref_|^ent_/),
          ...{ list: 'illegal', class: 'ncii_adult', band: 'exact', series: 'harbour' },
          ...{ victimIdentified: true, offenderIdentified: null, submissions: 7 },
          organisations: [{ id: 'tests', name: 'Tests', contact }],
        },
      ],
    });
    await grant('illegal', 'others', ['match', 'read']);
    const cases = [{ organisation: 'tests', reference: 'H-9', items: 2 }];
    expect((await rapprochement(items)).lists).toEqual([{ ...illegal, cases }]);
  });

  it('and other cases of the unit are found', async () => {
    await newList('unit-8', 'others');
    const file = vicsCase('case-18', [{ MediaID: 30, Category: 1, SHA1: hashNamed('sha1', 30) }]);
    await importFile(police(), file, { list: 'unit-8', source: 'unit-8' });
    const { lists } = await rapprochement([{ hashes: { sha1: hashNamed('sha1', 30) } }]);
    expect(lists).toMatchObject([{ list: 'unit-8', cases: [{ organisation: 'others', reference: 'case-18', items: 1 }] }]);
  });
});

describe('POST /v1/deconflict', () => {
  it('finds an image that was saved again, and gives no verdict', async () => {
    await newList('pictures', 'tests');
    await grant('pictures', 'others', ['match']);
    const image = await photograph(5);
    await on.client.enrol(image, 'pictures');
    const form = new FormData();
    form.set('image', new Blob([new Uint8Array(image)]), 'image');
    for (const [name, value] of Object.entries(inquiry)) form.set(name, value);
    const answer = expectOk(deconflictedSchema, await police().call('POST', '/v1/deconflict', { body: form }));
    expect(answer).toMatchObject({ known: true, pictures: [{ list: 'pictures', band: 'exact' }] });
    expect((await on.client.as('platform', 'others').call('GET', '/v1/matches')).body).toMatchObject({ items: [] });
  });

  it('says that a picture is new', async () => {
    expect(await deconflict({ pdq: randomHash(random) })).toEqual({ known: false, pictures: [], unscannable: null });
  });

  it('knows nothing of lists that the organisation may not use', async () => {
    await newList('secret', 'tests');
    await on.client.enrolHashes({ sha256: hashNamed('sha256', 'secret') }, 'secret');
    expect((await deconflict({ sha256: hashNamed('sha256', 'secret') }, hotline())).known).toBe(true);
    expect((await deconflict({ sha256: hashNamed('sha256', 'secret') })).known).toBe(false);
  });

  it('needs a purpose and a reference', async () => {
    const hashes = { sha256: hashNamed('sha256', 'x') };
    for (const body of [{ hashes }, { ...inquiry, purpose: ' ', hashes }, { purpose: 'x', hashes }]) {
      expect(problemOf(await police().json('POST', '/v1/deconflict', body)).detail).toMatch(/purpose|reference/);
    }
    const headers = { 'content-type': 'image/jpeg' };
    const image = await police().call('POST', '/v1/deconflict', { body: await photograph(6), headers });
    expect(problemOf(image)).toMatchObject({ code: 'bad_request', detail: expect.stringContaining('purpose') });
  });

  it('is in the audit log with its purpose and reference, and without a hash', async () => {
    const hex = hashNamed('sha256', 'audited');
    const reference = 'case-audited';
    await police().json('POST', '/v1/deconflict', { ...inquiry, reference, hashes: { sha256: hex } });
    const acts = async () => {
      const { items } = auditPageSchema.parse((await on.client.as('auditor').call('GET', '/v1/audit?limit=1000')).body);
      return items.filter(({ detail }) => JSON.stringify(detail).includes(reference));
    };
    await until('it is sealed', 10_000, async () => (await acts()).length > 0);
    const [act] = await acts();
    expect(act).toMatchObject({ act: 'deconflict', subject: 'others', detail: { ...inquiry, reference, known: false } });
    expect(JSON.stringify(act)).not.toContain(hex);
  });
});

describe('POST /v1/rapprochements', () => {
  const lines = (values: readonly unknown[]) =>
    police().call('POST', '/v1/rapprochements', {
      body: values.map((value) => `${JSON.stringify(value)}\n`).join(''),
      headers: { 'content-type': 'application/x-ndjson' },
    });
  const item = (name: string) => ({ id: name, hashes: { sha256: sha256Named(name).value } });

  it('takes lines: the inquiry, then one item per line', async () => {
    const answer = expectOk(rapprochementSchema, await lines([inquiry, item('a'), item('b')]));
    expect(answer).toEqual({ items: 2, known: 0, unknown: 2, knownItems: [], lists: [] });
  });

  it('names the item that is wrong', async () => {
    expect(problemOf(await lines([inquiry, item('a'), { hashes: {} }])).detail).toContain('line 3: hashes');
    expect(problemOf(await lines([item('a')])).detail).toContain('line 1: ');
    const items = [item('a'), { hashes: { sha1: 'x' } }];
    expect(problemOf(await police().json('POST', '/v1/rapprochements', { ...inquiry, items })).detail).toContain(
      'items.1: hashes.sha1',
    );
    expect((await lines([inquiry])).status).toBe(400);
  });

  it('takes ten thousand items and no more', async () => {
    const items = Array.from({ length: 10_000 }, (_, at) => ({ hashes: { sha1: hashNamed('sha1', `many ${at}`) } }));
    expect(await rapprochement(items)).toMatchObject({ items: 10_000, known: 0 });
    const more = { ...inquiry, items: [...items, ...items.slice(0, 1)] };
    expect((await police().json('POST', '/v1/rapprochements', more)).status).toBe(400);
  });
});

// Last, because it limits the key.
it('a key that walks towards a hash learns only that something is known', async () => {
  await newList('walked', 'tests');
  await grant('walked', 'others', ['match']);
  const pdq = randomHash(random);
  await on.client.enrolHashes({ pdq }, 'walked');
  const answers = [];
  for (let probe = 0; probe < 60; probe++) answers.push(await deconflict({ pdq: flipBits(pdq, 4 + (probe % 16), random) }));
  expect(answers[0]).toMatchObject({ known: true, pictures: [{ list: 'walked' }] });
  expect(await deconflict({ pdq })).toEqual({ known: true, pictures: [], unscannable: null });
});
