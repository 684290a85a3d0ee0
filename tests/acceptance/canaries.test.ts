import { describe, expect, it } from 'vitest';
import { auditPageSchema } from '../../src/http/schemas/audit.js';
import { entryPageSchema, entrySchema } from '../../src/http/schemas/entry.js';
import { verdictSchema } from '../../src/http/schemas/verdict.js';
import { expectOk } from '../support/client.js';
import { entriesIn, fileOf, lastDownload, readyExport, type WrittenEntry } from '../support/exports.js';
import { hashNamed, importFile, vigieFile } from '../support/import-files.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const analyst = () => on.client.as('analyst');
const police = () => on.client.as('analyst', 'others');
/** Of an organisation that gets the file. */
const partner = () => on.client.as('platform', 'others');

const recordOf = (list: string, number: number) => ({
  id: `case-${list}-${100 + number}`,
  series: number % 2 === 0 ? 'one' : 'two',
  provenance: { unit: 'Unit 7', reference: `case-${number % 3}` },
  expiresAt: `2099-01-0${1 + (number % 9)}T00:00:00.000Z`,
  hashes: [
    { algorithm: 'sha256', value: hashNamed('sha256', `${list} ${number}`) },
    { algorithm: 'md5', value: hashNamed('md5', `${list} ${number}`) },
    { algorithm: 'pdq', value: hashNamed('sha256', `${list} pdq ${number}`), quality: 88 },
  ],
});
const contents = 12;
const listed = async (id: string, more: object = {}) => {
  const verification = { people: 0, organisations: 0 };
  await on.client.createList({ id, title: id, class: 'ncii_adult', action: 'remove', verification, ...more });
  const records = Array.from({ length: contents }, (_, number) => recordOf(id, number));
  await importFile(analyst(), vigieFile(records), { list: id });
  const rights = ['read', 'match'];
  expect((await on.client.as('operator').json('PUT', `/v1/lists/${id}/grants/others`, { rights })).status).toBe(200);
};
const isCanary = (list: string) => {
  const real = new Set(Array.from({ length: contents }, (_, number) => hashNamed('sha256', `${list} ${number}`)));
  return ({ hashes }: WrittenEntry) => !hashes.some(({ value }) => real.has(value));
};
const exported = async (list: string, request: object = {}) => {
  const { id } = await readyExport(on.client, { list, ...request });
  const written = entriesIn(await fileOf(on.client, id));
  return { id, written, canaries: written.filter(isCanary(list)) };
};
const hexOf = ({ hashes }: WrittenEntry, name: string) => hashes.find(({ algorithm }) => algorithm === name)?.value ?? '';
const matched = (client: typeof on.client, entry: WrittenEntry) => client.matchHashes({ sha256: hexOf(entry, 'sha256') });
const found = async (entry: WrittenEntry) => (await matched(on.client, entry)).verdict;
const metric = async () =>
  Number(/^vigie_canary_matches_total (\d+)/m.exec(await (await fetch(on.service.metricsUrl)).text())?.[1]);
const alerts = async () => {
  const { items } = expectOk(auditPageSchema, await on.client.as('auditor').call('GET', '/v1/audit?limit=1000'));
  return items.filter(({ act }) => act === 'canary.matched');
};

describe('a canary gives away a leak', () => {
  it('whose recipient the alert names, and the answer looks like any other', async () => {
    await listed('leaked');
    const ghent = await exported('leaked', { recipient: 'Police of Ghent' });
    const lyon = await exported('leaked', { recipient: 'Platform of Lyon' });
    expect([ghent.written.length, ghent.canaries.length, lyon.canaries.length]).toEqual([contents + 3, 3, 3]);
    const [leaked] = ghent.canaries;
    const innocent = ghent.written.find((entry) => !ghent.canaries.includes(entry));
    if (!leaked || !innocent) throw new Error('the file lacks a canary or an entry');

    const before = await metric();
    const usual = await matched(partner(), innocent);
    expect(await metric()).toBe(before);
    const answer = await matched(partner(), leaked);
    const shape = ({ requestId: _, hashes: _hashes, index: _index, matches, ...rest }: typeof answer) => ({
      ...rest,
      matches: matches.map(({ entry, ...match }) => ({ ...match, entry: entry?.length })),
    });
    expect(shape(answer)).toEqual(shape(usual));

    const [alert] = await until('the alert is sealed', 20_000, async () => {
      const all = await alerts();
      return all.length > 0 ? all : undefined;
    });
    const detail = { list: 'leaked', export: ghent.id, recipient: 'Police of Ghent', organisation: 'others' };
    expect(alert).toMatchObject({ subject: expect.stringContaining('othe'), detail });
    expect(
      await on.service.logged('a key matched a canary: a file that was exported for one recipient may have leaked'),
    ).toMatchObject(detail);
    expect(on.service.output()).not.toContain(hexOf(leaked, 'sha256'));

    await matched(partner(), leaked);
    expect(await metric()).toBe(before + 2);
    await matched(on.client, leaked);
    const keys = await until('the alert about another key is sealed', 20_000, async () => {
      const all = await alerts();
      return all.length > 1 ? all.map(({ subject }) => subject) : undefined;
    });
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('also by its PDQ hash, a little edited', async () => {
    const { canaries } = await exported('leaked');
    const before = await metric();
    const pdq = hexOf(canaries[0] as WrittenEntry, 'pdq');
    const flipped = `${(Number.parseInt(pdq[0] ?? '0', 16) ^ 1).toString(16)}${pdq.slice(1)}`;
    const { matches } = expectOk(verdictSchema, await partner().json('POST', '/v1/match', { hashes: { pdq: flipped } }));
    expect([matches.length, await metric()]).toEqual([1, before + 1]);
  });

  it('and only the owner of the list sees which entries are canaries', async () => {
    const { canaries } = await exported('leaked');
    const path = `/v1/entries/${canaries[0]?.id}`;
    expect(expectOk(entrySchema, await analyst().call('GET', path))).toMatchObject({ status: 'verified', canary: true });
    expect(expectOk(entrySchema, await police().call('GET', path))).not.toHaveProperty('canary');
    const page = '/v1/entries?list=leaked&limit=200';
    const seen = expectOk(entryPageSchema, await analyst().call('GET', page)).items.filter(({ canary }) => canary);
    expect(seen.map(({ id }) => id)).toEqual(expect.arrayContaining(canaries.map(({ id }) => id)));
    expect(expectOk(entryPageSchema, await police().call('GET', page)).items.some((entry) => 'canary' in entry)).toBe(false);
  });
});

describe('canaries', () => {
  it('look like other entries of the file', async () => {
    await listed('alike');
    const { written, canaries } = await exported('alike', { canaries: 6 });
    expect(canaries).toHaveLength(6);
    const others = written.filter((entry) => !canaries.includes(entry));
    const seen = (field: string) => new Set(others.map((entry) => JSON.stringify(entry[field])));
    for (const canary of canaries) {
      expect(Object.keys(canary)).toEqual(Object.keys(others[0] ?? {}));
      for (const field of ['class', 'series', 'synthetic', 'provenance', 'facts', 'expiresAt', 'updatedAt'])
        expect(seen(field)).toContain(JSON.stringify(canary[field]));
      expect(canary.sourceId).toMatch(/^case-alike-\d{3}$/);
      expect(canary.hashes.map(({ algorithm }) => algorithm).sort()).toEqual(['md5', 'pdq', 'sha256']);
      expect(others.map(({ id }) => id.slice(4, 16))).toContain(canary.id.slice(4, 16));
    }
  });

  it('are in one file only, and the same in each download of it', async () => {
    const first = await exported('alike');
    const second = await exported('alike');
    expect(second.written).toHaveLength(contents + 3);
    expect(second.canaries.map(({ id }) => id)).not.toEqual(expect.arrayContaining(first.canaries.map(({ id }) => id)));
    await lastDownload(on.client, first.id);
    const again = entriesIn(await fileOf(on.client, first.id));
    expect(again).toEqual(first.written);
  });

  it('stay when an import replaces everything that its source has', async () => {
    await listed('replaced', { limits: { withdrawalsAnHour: 1_000, disputesAfter: 2, floodAnHour: 1_000 } });
    const { canaries, written } = await exported('replaced');
    const other = written.find((entry) => !canaries.includes(entry));
    await importFile(analyst(), vigieFile([recordOf('replaced', 50)]), { list: 'replaced', replace: 'true' });
    expect(await found(other as WrittenEntry)).toBe('no_known_match');
    for (const canary of canaries) expect(await found(canary)).toBe('remove');
    const { items } = expectOk(entryPageSchema, await analyst().call('GET', '/v1/entries?list=replaced&status=verified'));
    expect(items.filter(({ canary }) => canary).map(({ expiresAt }) => expiresAt)).toEqual([null, null, null]);
  });

  it('are none for a list without verified entries', async () => {
    const strict = { id: 'empty', title: 'Empty', class: 'tvec', action: 'remove' };
    await on.client.createList(strict);
    const { id } = await readyExport(on.client, { list: 'empty' });
    expect([entriesIn(await fileOf(on.client, id)), (await lastDownload(on.client, id)).receipt.canaries]).toEqual([[], 0]);
  });

  it('come only from entries that the format can carry', async () => {
    const { id } = await readyExport(on.client, { list: 'alike', format: 'checksums', canaries: 2 });
    await fileOf(on.client, id);
    expect((await lastDownload(on.client, id)).receipt).toMatchObject({
      entries: contents + 2,
      canaries: 2,
      hashes: 2 * (contents + 2),
    });
  });

  it('have file numbers of their own, and share those that others share', async () => {
    await listed('numbered');
    const numbered = (at: number) => ({
      ...recordOf('numbered', 20 + at),
      provenance: { unit: 'Unit 7', reference: `file-${47_119_238 + at}`, date: `2026-11-1${at}` },
    });
    await importFile(analyst(), vigieFile([0, 1, 2, 3, 4].map(numbered)), { list: 'numbered', source: 'files' });
    const { written } = await exported('numbered', { canaries: 20 });
    const references = written.map(({ provenance }) => String(Object(provenance).reference));
    const files = references.filter((reference) => reference.startsWith('file-'));
    expect(files.length).toBeGreaterThan(5);
    expect(new Set(files).size).toBe(files.length);
    expect(new Set(written.map(({ provenance }) => Object(provenance).unit))).toEqual(new Set(['Unit 7']));
  });
});
