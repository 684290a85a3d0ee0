import { randomBytes, randomInt } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { canaryHashes, disguisedId } from '../../domain/canary.js';
import type { Provenance } from '../../domain/entry.js';
import type { Carries } from '../../formats/format.js';
import { hashesWritten } from '../../formats/losses.js';
import type { NewCanary } from '../../store/canaries.js';
import type { ExportableEntry, ExportEntryStore } from '../../store/export-entries.js';
import { identityOf } from '../entries/enrolment.js';

/** Makes entries that look like others of the list. */
export class CanaryMaker {
  constructor(private readonly entries: ExportEntryStore) {}

  /** None for a list without standing entries that the format can carry. */
  async make(list: string, count: number, carries: Carries): Promise<NewCanary[]> {
    if (count === 0) return [];
    const { first, last } = await this.entries.bounds(list);
    if (first === null || last === null) return [];
    const drawn = Array.from({ length: count }, () => uuidBetween(first, last));
    const models = (await this.entries.near(list, [first, ...drawn])).filter((entry) => hashesWritten(entry, carries) > 0);
    if (models.length === 0) return [];
    const isShared = sharedTexts(models);
    return drawn.map(pickerOf(models)).map((model) => canaryOf(model, isShared));
  }
}

type IsShared = (field: string, text: string) => boolean;

/** A number that each entry has for itself must not appear twice. */
function sharedTexts(models: readonly ExportableEntry[]): IsShared {
  const counts = new Map<string, number>();
  for (const { provenance, series } of models) {
    for (const [field, text] of Object.entries({ ...provenance, series })) {
      const key = `${field} ${text}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return (field, text) => (counts.get(`${field} ${text}`) ?? 0) > 1;
}

/** A date is no number of one entry. */
function inventedProvenance(provenance: Provenance, isShared: IsShared): Provenance {
  const fields = Object.entries(provenance).map(([field, text]) =>
    text === undefined || field === 'date' || isShared(field, text) ? [field, text] : [field, disguisedId(text, randomInt)],
  );
  return Object.fromEntries(fields);
}

function canaryOf(model: ExportableEntry, isShared: IsShared): NewCanary {
  const { series } = model;
  const hashes = canaryHashes(model.hashes, randomInt);
  return {
    id: idLike(model.uuid),
    model: model.uuid,
    identity: identityOf(hashes),
    hashes,
    sourceId: model.sourceId === null ? null : disguisedId(model.sourceId, randomInt),
    expiresAt: model.expiresAt,
    facts: model.facts,
    provenance: inventedProvenance(model.provenance, isShared),
    series: series === null || isShared('series', series) ? series : disguisedId(series, randomInt),
  };
}

/** Of the same millisecond: files are in the order of the ids. */
function idLike(uuid: string): string {
  return uuidv7({ msecs: Number(numberOf(uuid) >> 80n), random: randomBytes(16) });
}

function numberOf(uuid: string): bigint {
  return BigInt(`0x${uuid.replaceAll('-', '')}`);
}

function uuidBetween(first: string, last: string): string {
  const [low, high] = [numberOf(first), numberOf(last)];
  const random = BigInt(`0x${randomBytes(24).toString('hex')}`);
  const hex = (low + (random % (high - low + 1n))).toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Takes each item once, in random order, before it takes one again. */
function pickerOf<Item>(items: readonly Item[]): () => Item {
  let left: Item[] = [];
  return () => {
    if (left.length === 0) left = [...items];
    const [item] = left.splice(randomInt(left.length), 1);
    if (item === undefined) throw new Error('there is nothing to pick from');
    return item;
  };
}
