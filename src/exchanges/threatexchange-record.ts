import { z } from 'zod';
import type { SourceCode } from '../domain/entry.js';
import { dayOfMs } from '../formats/dates.js';
import type { Position, ReadItem } from '../formats/format.js';
import { HashCollector } from '../formats/hash-text.js';
import { invalid, listed } from '../formats/record.js';

/** The Graph API wraps lists of objects in `data`. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z.union([z.array(item), z.object({ data: z.array(item) }).transform(({ data }) => data)]);
}

const tag = z.union([z.string(), z.object({ text: z.string() }).transform(({ text }) => text)]);
const descriptor = z.object({
  owner: z.object({ id: z.string() }).optional(),
  tags: listOf(tag).default([]),
  status: z.string().optional(),
});
const updateSchema = z.object({
  indicator: z.string(),
  type: z.string(),
  last_updated: z.number().int().min(0),
  should_delete: z.boolean().default(false),
  descriptors: listOf(descriptor).default([]),
});
type ThreatUpdate = z.output<typeof updateSchema>;

export interface Update {
  readonly item: ReadItem;
  /** Seconds since 1970; 0 if the record cannot be read. */
  readonly at: number;
}

export function readUpdate(value: unknown, index: number): Update {
  const at = { row: index + 1 };
  const update = updateSchema.safeParse(value);
  if (update.success) return { item: itemOf(update.data, at), at: update.data.last_updated };
  const names = update.error.issues.map(({ path }) => path[0] ?? 'the record');
  return { item: invalid(at, `${[...new Set(names)].join(', ')}: missing or of another type`), at: 0 };
}

function itemOf(update: ThreatUpdate, at: Position): ReadItem {
  const found = hashOf(update);
  if (found.problem !== undefined) return invalid(at, found.problem);
  const isHarmless = update.descriptors.length > 0 && update.descriptors.every(({ status }) => status === 'NON_MALICIOUS');
  // Without a hash there is nothing to take back.
  if ((update.should_delete || isHarmless) && found.hashes.length > 0) {
    return { kind: 'withdrawn', at, sourceId: null, hashes: found.hashes };
  }
  const owner = update.descriptors.find((one) => one.owner)?.owner?.id;
  const date = dayOfMs(update.last_updated * 1_000);
  const provenance = { ...(owner && { unit: owner.slice(0, 500) }), ...(date !== null && { date }) };
  return listed(at, found, doubtsOf(update), { provenance });
}

/**
 * ThreatExchange also shares malware, so a digest counts only if a tag says that it is of a medium. A deletion has no descriptors: it is
 * of whatever was listed before.
 */
function hashOf({ type, indicator, should_delete, descriptors }: ThreatUpdate): HashCollector {
  const found = new HashCollector();
  const ofMedium =
    should_delete || descriptors.some(({ tags }) => tags.some((text) => /^media_type_(photo|image|video)$/.test(text)));
  if (type === 'HASH_PDQ') found.add('pdq', indicator);
  else if (type === 'HASH_VIDEO_MD5' || (type === 'HASH_MD5' && ofMedium)) found.add('md5', indicator);
  else found.leaveOut(type);
  return found;
}

/** None if somebody calls it malicious: then the list says what it is. Otherwise its entry is held for review. */
function doubtsOf({ descriptors }: ThreatUpdate): SourceCode[] {
  const statuses = [...new Set(descriptors.map(({ status }) => status ?? 'UNKNOWN'))];
  if (statuses.length === 0 || statuses.includes('MALICIOUS')) return [];
  return statuses.slice(0, 20).map((status) => ({ scheme: 'threatexchange', code: status.slice(0, 64) }));
}
