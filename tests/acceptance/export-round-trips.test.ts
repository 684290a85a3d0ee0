/** What a format carries survives an export, an import into another list, and a second export. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { registry } from '../../src/domain/algorithms/registry.js';
import type { Format, ListedRecord } from '../../src/formats/format.js';
import { formatNamed } from '../../src/formats/registry.js';
import { entryPageSchema } from '../../src/http/schemas/entry.js';
import { exportFormats } from '../../src/service/exports/export-formats.js';
import { expectOk } from '../support/client.js';
import { fileOf, lastDownload, readyExport } from '../support/exports.js';
import { importFile, vigieFile } from '../support/import-files.js';
import { useService } from '../support/use-service.js';

const on = useService();
const analyst = () => on.client.as('analyst');
const scheme = 'vics-us-2';

const hexOf = (bits: number) =>
  fc.uint8Array({ minLength: bits / 8, maxLength: bits / 8 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const hashOf = (algorithm: keyof typeof registry, more: object = {}) =>
  hexOf(registry[algorithm].bits).map((value) => ({ algorithm, value, ...more }));
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const text = fc.constantFrom('one', 'with space', 'comma, "quoted"', 'semi;colon', 'é ü 漢');
const codes = [
  { scheme, code: '1' },
  { scheme: 'interpol-baseline', code: '1' },
  { scheme: 'uk-grade', code: 'A' },
  { scheme: 'ncmec', code: 'A1' },
];
const record = fc.record(
  {
    hashes: fc
      .tuple(
        hashOf('sha256'),
        maybe(hashOf('md5')),
        maybe(hashOf('sha1')),
        maybe(hashOf('photodna')),
        maybe(hashOf('blockhash')),
        maybe(hashOf('pdq', { quality: 90, variant: 'full' })),
        maybe(hashOf('pdq', { quality: 70, variant: 'deborder' })),
      )
      .map((hashes) => hashes.filter((hash) => hash !== undefined)),
    class: fc.constantFrom('csam_illegal', 'ncii_adult', 'tvec'),
    sourceCodes: fc.subarray(codes),
    series: text,
    synthetic: fc.boolean(),
    provenance: fc.record({ unit: text, reference: text, date: fc.constant('2026-11-23') }, { requiredKeys: [] }),
    facts: fc.record({ victimIdentified: fc.boolean(), distributed: fc.boolean(), submissions: fc.nat(9) }, { requiredKeys: [] }),
    expiresAt: fc.constant('2099-01-01T00:00:00.000Z'),
  },
  { requiredKeys: ['hashes', 'class', 'sourceCodes'] },
);
const records = fc.sample(record, { seed: 26, numRuns: 25 }).map((fields, at) => ({ ...fields, id: `record ${at}` }));

const newList = (id: string) => {
  const verification = { people: 0, organisations: 0 };
  return on.client.createList({ id, title: id, class: 'ncii_adult', action: 'remove', verification });
};
const exported = async (list: string, format: string) => {
  const { id } = await readyExport(on.client, { list, format, canaries: 0, ...(format === 'vics' && { scheme }) });
  const file = await fileOf(on.client, id);
  return { file, receipt: (await lastDownload(on.client, id)).receipt };
};
/** A format whose classes Vigie does not know gives drafts. */
const confirmDrafts = async (list: string) => {
  const page = await analyst().call('GET', `/v1/entries?list=${list}&status=draft&limit=200`);
  for (const { id } of expectOk(entryPageSchema, page).items)
    await on.client.as('reviewer').json('POST', `/v1/entries/${id}/confirm`, {});
};

async function carried(format: Format, file: string): Promise<string[]> {
  const chunks = async function* () {
    yield Buffer.from(file);
  };
  const found: ListedRecord[] = [];
  for await (const items of format.read({ name: 'file', path: null, chunks })) {
    for (const item of items) {
      if (item.kind !== 'listed') throw new Error(`${item.kind}: ${JSON.stringify(item)}`);
      found.push(item);
    }
  }
  const { fields } = format.carries;
  return found
    .map(({ hashes, class: contentClass, sourceCodes, series, synthetic, provenance, facts, expiresAt, sourceId }) =>
      JSON.stringify({
        hashes: hashes.map((hash) => JSON.stringify(hash)).sort(),
        ...{ contentClass, sourceCodes, series, synthetic, facts, expiresAt },
        // The formats without these fields write the id of the entry there, and Vigie's own has both.
        ...(fields.includes('provenance') && { provenance }),
        ...(fields.includes('sourceId') && format.name !== 'vigie' && { sourceId }),
      }),
    )
    .sort();
}

describe('a list', () => {
  beforeAll(async () => {
    await newList('origin');
    const { state, report } = await importFile(analyst(), vigieFile(records), { list: 'origin' });
    expect([state, report.new]).toEqual(['promoted', records.length]);
  });

  it.each(exportFormats)('is the same after an export as %s, an import and another export', async (name) => {
    const format = formatNamed(name);
    if (!format) throw new Error(`there is no format ${name}`);
    const first = await exported('origin', name);
    const list = `copy-of-${name}`;
    await newList(list);
    const { state, failure } = await importFile(analyst(), first.file, { list, format: name });
    expect([state, failure]).toEqual(['promoted', null]);
    await confirmDrafts(list);
    const second = await exported(list, name);
    const before = await carried(format, first.file);
    expect(before.length).toBeGreaterThan(5);
    expect(await carried(format, second.file)).toEqual(before);
    expect(second.receipt.hashes).toBe(first.receipt.hashes);
  });

  it('loses nothing in Vigie’s own format, and the receipt says so', async () => {
    const { receipt } = await exported('origin', 'vigie');
    const hashes = records.reduce((sum, one) => sum + one.hashes.length, 0);
    expect(receipt).toMatchObject({ entries: records.length, hashes, leftOut: 0, losses: {} });
  });
});
