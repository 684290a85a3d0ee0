import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { algorithms, hexLength } from '../../src/domain/algorithms/registry.js';
import { contentClasses } from '../../src/domain/list.js';
import { type ExportedEntry, type Format, FormatError, type FoundHash } from '../../src/formats/format.js';
import { lossesOf } from '../../src/formats/losses.js';
import { formats } from '../../src/formats/registry.js';
import { listedIn, readText, sample, written } from './reading.js';

const samples: readonly (readonly [format: string, file: string])[] = [
  ['vics', 'vics-us.json'],
  ['vics', 'vics-cases.json'],
  ['stopncii', 'stopncii.json'],
  ['ncmec', 'ncmec.xml'],
  ['vigie', 'vigie.ndjson'],
  ['icse', 'icse.csv'],
  ['iped', 'iped.csv'],
  ['plain', 'plain.csv'],
  ['neutral', 'neutral.csv'],
  ['checksums', 'md5sum.txt'],
  ['hma', 'hma.txt'],
  ['nsrl-text', 'nsrl.txt'],
];
/** A cut anywhere shows, because these have an end. In the others each line is complete. */
const withEnd = samples.filter(([format]) => ['vics', 'stopncii', 'ncmec', 'vigie'].includes(format));

function named(name: string): Format {
  const format = formats.find((candidate) => candidate.name === name);
  if (!format) throw new Error(`no format ${name}`);
  return format;
}

describe.each(samples)('%s (%s)', (name, file) => {
  const format = named(name);
  const content = sample(file);

  it('reads the same in chunks of any size', async () => {
    const whole = await readText(format, content);
    expect(whole.length).toBeGreaterThan(0);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: content.length }), async (chunk) => {
        expect(await readText(format, content, chunk)).toEqual(whole);
      }),
      { numRuns: 25, examples: [[1], [2], [3]] },
    );
  });
});

describe.each(withEnd)('%s (%s)', (name, file) => {
  const content = sample(file).toString('utf8').trimEnd();

  it('never reads as complete if its end is missing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: content.length - 1 }), async (length) => {
        // The first of two pages is a complete file.
        if (name === 'stopncii' && content.slice(0, length).trimEnd().endsWith('\n}')) return;
        const error = await readText(named(name), content.slice(0, length)).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(FormatError);
      }),
      { numRuns: 200 },
    );
  });
});

const hex = (digits: number) => fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits });

const hashes: fc.Arbitrary<FoundHash[]> = fc
  .uniqueArray(fc.constantFrom(...algorithms), { minLength: 1 })
  .chain((names) =>
    fc.tuple(
      ...names.map((algorithm) =>
        hex(hexLength(algorithm)).map((value): FoundHash => ({ algorithm, hex: value, quality: null })),
      ),
    ),
  );

/** With everything that breaks naive CSV, JSON and lines. */
const text = fc
  .string({ unit: fc.constantFrom(...'ab é,;"\'\\#={}[]<>&'), minLength: 1, maxLength: 12 })
  .map((some) => some.trim())
  .filter((some) => some !== '');

const code = fc.constantFrom(
  { scheme: 'vics-default-2', code: '1' },
  { scheme: 'vics-us-2', code: '2' },
  { scheme: 'interpol-baseline', code: '1' },
  { scheme: 'uk-grade', code: 'B' },
  { scheme: 'ncmec', code: 'A1' },
  { scheme: 'iped', code: 'alert' },
);

const entries: fc.Arbitrary<ExportedEntry[]> = fc.array(
  fc.record({
    id: hex(32).map((id) => `ent_${id}`),
    list: fc.constant('worst'),
    withdrawn: fc.boolean(),
    sourceId: fc.option(text),
    hashes,
    class: fc.constantFrom(...contentClasses),
    sourceCodes: fc.uniqueArray(code, { selector: ({ scheme }) => scheme, maxLength: 3 }),
    series: fc.option(text),
    synthetic: fc.boolean(),
    provenance: fc.record({ unit: text, reference: text }, { requiredKeys: [] }),
    facts: fc.record(
      { victimIdentified: fc.boolean(), offenderIdentified: fc.boolean(), distributed: fc.boolean(), submissions: fc.nat(1_000) },
      { requiredKeys: [] },
    ),
    expiresAt: fc.option(fc.constant('2036-11-23T12:00:00.000Z')),
    updatedAt: fc.constant('2026-11-23T12:00:00.000Z'),
  }),
  { maxLength: 5 },
);

const oneRecordPerHash = ['plain', 'checksums', 'hma', 'neutral', 'stopncii'];

/** What the format must give back of an entry. */
function expected({ name, carries }: Format, entry: ExportedEntry): object[] {
  const carried = <Field extends keyof ExportedEntry>(field: Field) =>
    (carries.fields as readonly string[]).includes(field) ? { [field]: entry[field] } : {};
  const facts = Object.entries(entry.facts).filter(([fact]) => (carries.fields as readonly string[]).includes(fact));
  const kept = entry.hashes.filter(({ algorithm }) => carries.algorithms.includes(algorithm));
  const sourceIds = new Map<string, string>([
    ['vigie', entry.id],
    ['icse', entry.sourceId ?? entry.id],
  ]);
  const sourceId = sourceIds.has(name) ? { sourceId: sourceIds.get(name) } : {};
  const record = { ...sourceId, ...carried('series'), ...carried('class'), facts: Object.fromEntries(facts) };
  if (oneRecordPerHash.includes(name)) return kept.map((hash) => ({ ...record, hashes: [hash] }));
  return kept.length === 0 ? [] : [{ ...record, hashes: kept }];
}

const sorted = (records: readonly { readonly hashes: readonly FoundHash[] }[]) =>
  records.map((record) => ({ ...record, hashes: record.hashes.toSorted((a, b) => a.algorithm.localeCompare(b.algorithm)) }));

describe.each(formats.filter(({ write }) => write).map((format) => [format.name, format] as const))('%s', (_name, format) => {
  it('reads what it wrote: the same hashes and all fields that it carries', async () => {
    await fc.assert(
      fc.asyncProperty(entries, async (given) => {
        const items = await readText(format, await written(format, given));
        const wanted = given.filter(({ withdrawn }) => !withdrawn).flatMap((entry) => expected(format, entry));
        const found = items.flatMap((item) => (item.kind === 'listed' ? [item] : []));
        expect(items.filter(({ kind }) => kind === 'invalid')).toEqual([]);
        expect(found).toHaveLength(wanted.length);
        const byHash = (records: readonly object[]) => records.map((record) => JSON.stringify(Object.values(record))).sort();
        expect(byHash(sorted(wanted as typeof found).map(pickedLike(wanted)))).toEqual(
          byHash(sorted(found).map(pickedLike(wanted))),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('is complete about what it loses', async () => {
    await fc.assert(
      fc.asyncProperty(entries, async (given) => {
        for (const entry of given) {
          if (entry.withdrawn || lossesOf(entry, format.carries).length > 0) continue;
          const [item] = await listedIn(format, await written(format, [entry]));
          expect(item).toMatchObject({ series: entry.series, synthetic: entry.synthetic, facts: entry.facts });
          expect(item?.class).toBe(entry.class);
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** Compares only the fields that the format carries, in one order. */
function pickedLike([first]: readonly object[]): (record: object) => object {
  const names = Object.keys(first ?? {}).sort();
  return (record) => Object.fromEntries(names.map((name) => [name, (record as Record<string, unknown>)[name]]));
}
