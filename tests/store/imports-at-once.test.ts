import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { emptyReport } from '../../src/domain/import.js';
import { ImportPromotionStore } from '../../src/store/import-promotion.js';
import { ImportStore, type StagedRecord } from '../../src/store/imports.js';
import { onPostgres } from '../support/database.js';
import { hashNamed } from '../support/import-files.js';
import { openOwnDatabase } from '../support/own-database.js';

const { database } = await openOwnDatabase();
const imports = new ImportStore(database);
const promotions = new ImportPromotionStore(database);
const contents = Array.from({ length: 6_000 }, (_, at) => `content ${at}`);

function record(number: number, content: string): StagedRecord {
  const hex = hashNamed('sha256', content);
  return {
    ...{ number, entry: randomUUID(), sourceId: content, identity: hex, class: null, status: 'verified', peopleRequired: 0 },
    ...{ sourceCodes: [], series: null, synthetic: false, provenance: {}, facts: {}, expiresAt: null, quality: null },
    ...{ algorithms: ['sha256'], variants: ['full'], hexes: [hex], qualities: [null], marks: [] },
  };
}

async function promote(source: string, order: readonly string[]): Promise<void> {
  const id = randomUUID();
  await imports.begin({ id, list: 'known', source, file: 'f', replaces: false, dry: false, worker: 'test' }, setup, emptyReport);
  await imports.stage(
    id,
    order.map((content, at) => record(at + 1, content)),
  );
  const one = await imports.get(id);
  if (!one) throw new Error('the import is gone');
  const report = { ...emptyReport, records: order.length };
  expect(await imports.beginPromotion(id, report)).toBe('begun');
  const seal = () => Buffer.from('sealed');
  await promotions.promote({ import: { ...one, report }, actor: setup, seal, report, onProgress: () => {} });
}

// The embedded database runs one transaction at a time.
it.skipIf(!onPostgres)('two large files of the same content in other orders do not wait for each other for ever', async () => {
  await Promise.all([promote('one', contents), promote('two', contents.toReversed())]);
  const [counted] = await database.query(
    "select count(*)::int as claims, count(distinct entry)::int as entries from claim where source in ('one', 'two')",
  );
  expect(counted).toEqual({ claims: 2 * contents.length, entries: contents.length });
});
