import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { emptyReport, type Import } from '../../src/domain/import.js';
import { ImportPromotionStore } from '../../src/store/import-promotion.js';
import { ImportStore, type StagedRecord } from '../../src/store/imports.js';
import { manyRecords } from '../../src/store/own-claims.js';
import { hashNamed } from '../support/import-files.js';
import { openOwnDatabase } from '../support/own-database.js';

const { database, stores } = await openOwnDatabase();
const imports = new ImportStore(database);
const promotions = new ImportPromotionStore(database);
const seal = () => Buffer.from('sealed');
let list = '';
let lists = 0;

beforeEach(newList);

async function newList(): Promise<void> {
  list = `list-${++lists}`;
  const [known] = (await stores.lists.all()).filter(({ id }) => id === 'known');
  if (known) await stores.lists.create({ ...known, id: list }, setup);
}

const markOf = (content: string) => hashNamed('sha256', `mark of ${content}`);

/** A record of the source with the SHA-256 of `content`; null: withdrawn. */
function record(number: number, sourceId: string, content: string | null): StagedRecord {
  const hex = hashNamed('sha256', content ?? '');
  const empty = { algorithms: [], variants: [], hexes: [], qualities: [], marks: [] };
  const hashes = {
    ...{ algorithms: ['sha256'], variants: ['full'], hexes: [hex], qualities: [null] },
    marks: [markOf(content ?? '')],
  };
  return {
    ...{ number, sourceId, class: null, status: 'verified', peopleRequired: 0, sourceCodes: [], series: null, synthetic: false },
    ...{ provenance: {}, facts: {}, expiresAt: null, quality: null },
    ...(content === null ? { entry: null, identity: null, ...empty } : { entry: randomUUID(), identity: hex, ...hashes }),
  };
}

type Said = readonly (readonly [sourceId: string, content: string | null])[];

async function staged(said: Said, changes: Partial<Import> = {}, facts: Partial<StagedRecord> = {}): Promise<Import> {
  const id = randomUUID();
  const given = { id, list, source: 'partner', file: 'f', replaces: false, dry: false, worker: 'test', ...changes };
  await imports.begin(given, setup, emptyReport);
  await imports.stage(
    id,
    said.map(([sourceId, content], at) => ({ ...record(at + 1, sourceId, content), ...facts })),
  );
  const one = await imports.get(id);
  if (!one) throw new Error('the import is gone');
  const report = { ...emptyReport, records: said.length, ...(await imports.effect(one)) };
  return { ...one, report };
}

async function promote(one: Import): Promise<void> {
  expect(await imports.beginPromotion(one.id, one.report)).toBe('begun');
  await promotions.promote({ import: one, actor: setup, seal, report: one.report, onProgress: () => {} });
  await imports.forgetRecords(one.id);
}

const load = async (said: Said, changes: Partial<Import> = {}) => promote(await staged(said, changes));

/** The hashes of the standing entries, and the open claims with the identity of their entry. */
async function held(): Promise<{ hashes: string[]; claims: string[] }> {
  const hashes = await database.query<{ hex: string }>(
    "select encode(h.digest, 'hex') as hex from hash h join entry e on e.id = h.entry where e.list = $1 and e.status <> 'withdrawn'",
    [list],
  );
  const claims = await database.query<{ said: string }>(
    `select c.source || ' ' || c.source_id || ' ' || encode(e.identity, 'hex') as said from claim c join entry e on e.id = c.entry
     where c.list = $1 and c.ended_at is null`,
    [list],
  );
  return { hashes: hashes.map(({ hex }) => hex).sort(), claims: claims.map(({ said }) => said).sort() };
}

const holds = (said: Said, source = 'partner') => ({
  hashes: [...new Set(said.map(([, content]) => hashNamed('sha256', content ?? '')))].sort(),
  claims: said.map(([id, content]) => `${source} ${id} ${hashNamed('sha256', content ?? '')}`).sort(),
});

describe('a staged record', () => {
  it('keeps every character of its texts', async () => {
    const text = 'a\tb\\nc\nd\r"e",{f}\\N NULL \\x41 é 𝄞';
    const id = randomUUID();
    await imports.begin(
      { id, list, source: 'partner', file: 'f', replaces: false, dry: false, worker: 'test' },
      setup,
      emptyReport,
    );
    const one = { ...record(1, text, 'content'), series: text, provenance: { unit: text }, facts: {}, sourceCodes: [] };
    await imports.stage(id, [one, { ...record(2, 'plain', null), series: null }]);
    const select =
      'select source_id, series, provenance, entry is null as gone from import_record where import = $1 order by number';
    expect(await database.query(select, [id])).toEqual([
      { source_id: text, series: text, provenance: { unit: text }, gone: false },
      { source_id: 'plain', series: null, provenance: {}, gone: true },
    ]);
  });
});

describe('a record that the database refuses', () => {
  it('is not quoted in the error, because it holds hashes', async () => {
    const one = await staged([]);
    const bad = { ...record(1, '1', 'secret'), expiresAt: 'never' };
    const error: unknown = await imports.stage(one.id, [bad]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    const told = inspect(error);
    expect(told).not.toContain(hashNamed('sha256', 'secret'));
    expect(told).not.toContain(markOf('secret'));
  });
});

describe('a promotion', () => {
  it('gives a standing record the end and the facts that its source says now', async () => {
    const said = [['1', 'a']] as const;
    await promote(await staged(said, {}, { expiresAt: '2030-01-01T00:00:00Z' }));
    await promote(await staged(said, {}, { expiresAt: '2031-01-01T00:00:00Z', facts: { submissions: 2 } }));
    const select = `
      select e.expires_at as entry, c.expires_at as claim, c.facts from entry e join claim c on c.entry = e.id
      where e.list = $1 and c.ended_at is null`;
    const until = new Date('2031-01-01T00:00:00Z');
    expect(await database.query(select, [list])).toEqual([{ entry: until, claim: until, facts: { submissions: 2 } }]);
  });

  it('gives every entry its hashes and its claim', async () => {
    await load([
      ['1', 'a'],
      ['2', 'b'],
    ]);
    expect(await held()).toEqual(
      holds([
        ['1', 'a'],
        ['2', 'b'],
      ]),
    );
  });

  it('leaves no entry without a claim if an id is repeated', async () => {
    await load([
      ['1', 'a'],
      ['1', 'b'],
    ]);
    expect(await held()).toEqual(holds([['1', 'a']]));
  });

  it('gives one entry to two ids with the same content, which stands until both are withdrawn', async () => {
    await load([
      ['1', 'a'],
      ['2', 'a'],
    ]);
    await load([['1', null]]);
    expect(await held()).toEqual(holds([['2', 'a']]));
    await load([['2', null]]);
    expect(await held()).toEqual(holds([]));
  });

  it('lets two ids swap their contents', async () => {
    await load([
      ['1', 'a'],
      ['2', 'b'],
    ]);
    await load([
      ['1', 'b'],
      ['2', 'a'],
    ]);
    expect(await held()).toEqual(
      holds([
        ['1', 'b'],
        ['2', 'a'],
      ]),
    );
  });

  it('leaves out content whose mark came after the reading', async () => {
    const one = await staged([['1', 'a']]);
    await load([['2', 'other']]);
    await database.query(
      `with withdrawn as (
         insert into tombstone (entry, list, stood, by_victim) select id, list, 'verified', false from entry where list = $1 returning entry
       ) insert into tombstone_mark (entry, list, mark) select entry, $1, decode($2, 'hex') from withdrawn`,
      [list, markOf('a')],
    );
    await promote(one);
    expect((await held()).hashes).toEqual([hashNamed('sha256', 'other')]);
  });

  it('waits for another one of the same source, and not for that of another source', async () => {
    const [first, second, other] = [
      await staged([['1', 'a']]),
      await staged([['1', 'b']]),
      await staged([], { source: 'other' }),
    ];
    expect(await imports.beginPromotion(first.id, first.report)).toBe('begun');
    expect(await imports.beginPromotion(second.id, second.report)).toBe('busy');
    expect(await imports.beginPromotion(other.id, other.report)).toBe('begun');
  });

  it('is not begun by an import that was cancelled', async () => {
    const one = await staged([['1', 'a']]);
    await imports.moveTo(one.id, 'cancelled', one.report, ['reading']);
    expect(await imports.beginPromotion(one.id, one.report)).toBe('gone');
  });

  it('of so many records that another statement looks for their claims ends the same ones', async () => {
    await load([
      ['1', 'a'],
      ['2', 'b'],
    ]);
    const one = await staged([['1', null]]);
    const many = { ...one, report: { ...one.report, records: manyRecords + 1 } };
    expect(await imports.effect(many)).toEqual(await imports.effect(one));
    await promote(many);
    expect(await held()).toEqual(holds([['2', 'b']]));
  });

  it('is gone if the list was deleted', async () => {
    const one = await staged([['1', 'a']]);
    await database.query('update hash_list set deleted_at = now() where id = $1', [list]);
    await imports.beginPromotion(one.id, one.report);
    const promotion = { import: one, actor: setup, seal, report: one.report, onProgress: () => {} };
    await expect(promotions.promote(promotion)).rejects.toMatchObject({ code: 'not_found' });
    expect((await held()).hashes).toEqual([]);
  });

  it('keeps an expired claim from ending the entry of a lasting one', async () => {
    await load([['1', 'a']]);
    await load([['1', 'a']], { source: 'second' });
    const [entry] = await database.query<{ expires_at: Date | null }>('select expires_at from entry where list = $1', [list]);
    expect(entry?.expires_at).toBeNull();
  });
});

describe('the effect of staged records', () => {
  it('counts what the promotion then does', async () => {
    await load([
      ['1', 'a'],
      ['2', 'b'],
      ['3', 'c'],
    ]);
    const said = [
      ['1', 'a'],
      ['2', 'b again'],
      ['4', 'd'],
      ['4', 'e'],
    ] as const;
    const { report } = await staged(said, { replaces: true });
    expect(report).toMatchObject({ new: 1, known: 1, changed: 1, repeated: 1, ended: 2, withdrawnBefore: 0 });
  });

  it('writes nothing', async () => {
    const tables = ['entry', 'claim', 'hash', 'change', 'act', 'entry_event', 'tombstone', 'tombstone_mark'];
    const content = () =>
      Promise.all(tables.map((table) => database.query(`select row_to_json(t)::text as row from ${table} t order by 1`)));
    const before = await content();
    await staged([['1', 'a']], { replaces: true });
    expect(await content()).toEqual(before);
  });
});

it('any files of a source, then one that replaces, leave exactly what the last one says', async () => {
  const content = fc.constantFrom('a', 'b', 'c', 'd');
  const id = fc.constantFrom('1', '2', '3', '4');
  const file = fc.array(fc.tuple(id, fc.oneof({ weight: 4, arbitrary: content }, fc.constant(null))), { maxLength: 6 });
  const step = fc.record({ said: file, replaces: fc.boolean(), source: fc.constantFrom('partner', 'second') });
  const run = async (steps: readonly { said: Said; replaces: boolean; source: string }[], last: Said, early: boolean) => {
    await newList();
    // Read before the others are promoted, and promoted after them.
    const staged0 = early ? await staged(last, { replaces: true }) : undefined;
    for (const { said, ...changes } of steps) await load(said, changes);
    await load([], { replaces: true, source: 'second' });
    await promote(staged0 ?? (await staged(last, { replaces: true })));
    const firsts = last.filter(([one], at) => last.findIndex(([other]) => other === one) === at);
    expect(await held()).toEqual(holds(firsts.filter(([, said]) => said !== null)));
  };
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 3 }), file, fc.boolean(), run), { numRuns: 25, seed: 19 });
});

describe('the imports of lists', () => {
  it('are those of one organisation', async () => {
    await imports.begin(
      { id: randomUUID(), list, source: 's', file: 'f', replaces: false, dry: false, worker: 'test' },
      { ...setup, organisation: 'others' },
      emptyReport,
    );
    expect(await imports.page([list], { organisation: 'tests' }, undefined, 10)).toEqual([]);
    expect(await imports.page([list], { organisation: 'others' }, undefined, 10)).toHaveLength(1);
    expect(await imports.page([list], undefined, undefined, 10)).toHaveLength(1);
  });
});
