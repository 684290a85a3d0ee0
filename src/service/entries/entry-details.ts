import { createHmac } from 'node:crypto';
import type { DataKey } from '../../domain/data-key.js';
import type { Entry, IndexedHash } from '../../domain/entry.js';
import { VigieError } from '../../domain/errors.js';
import type { HashOf, HashSet } from '../../domain/hash.js';
import type { EntryDetailStore, StoredKind } from '../../store/entry-details.js';
import type { HashStore } from '../../store/hashes.js';
import type { Preview, Previews } from './enrolment-preview.js';
import { type EntryReader, uuidOf } from './entry-reader.js';

export interface Activity {
  readonly since: string;
  /** Days without a verdict are absent. */
  readonly days: readonly { readonly day: string; readonly verdicts: Readonly<Record<string, number>> }[];
  readonly falsePositives: {
    readonly count: number;
    readonly reports: readonly { readonly at: string; readonly reason: string | null }[];
  };
}

export interface EntryDetailParts {
  readonly store: EntryDetailStore;
  readonly hashes: Pick<HashStore, 'current'>;
  readonly entries: Pick<EntryReader, 'get'>;
  readonly previews: Previews;
  readonly dataKey: DataKey;
}

const dayMs = 86_400_000;
const maxReports = 50;

/** For people who may read the entry. */
export class EntryDetails {
  private readonly glyphKey: Uint8Array;

  constructor(private readonly parts: EntryDetailParts) {
    this.glyphKey = parts.dataKey.derive('glyph');
  }

  /** Today and the days before it, in UTC. @throws VigieError `not_found`. */
  async activity(organisation: string, id: string, days: number): Promise<Activity> {
    await this.parts.entries.get(organisation, id);
    const since = new Date((Math.floor(Date.now() / dayMs) - days + 1) * dayMs);
    const byDay = new Map<string, Record<string, number>>();
    for (const { day, verdict, count } of await this.parts.store.verdicts(id, since))
      byDay.set(day, { ...byDay.get(day), [verdict]: count });
    const { count, reports } = await this.parts.store.falsePositives(uuidOf(id), maxReports);
    return {
      since: since.toISOString(),
      days: [...byDay].map(([day, verdicts]) => ({ day, verdicts })),
      falsePositives: { count, reports: reports.map(({ at, reason }) => ({ at: at.toISOString(), reason })) },
    };
  }

  /** @throws VigieError `not_found`. */
  async hashes(organisation: string, id: string): Promise<{ items: StoredKind[]; fingerprint: string | null }> {
    const { list } = await this.parts.entries.get(organisation, id);
    const identity = await this.parts.store.identity(uuidOf(id));
    return { items: await this.parts.store.kinds(uuidOf(id)), fingerprint: identity ? this.fingerprint(list, identity) : null };
  }

  /** @throws VigieError `not_found`, `conflict` for a withdrawn entry, `index_unavailable`. */
  async preview(organisation: string, id: string): Promise<Preview> {
    const entry = await this.parts.entries.get(organisation, id);
    const [stored] = await this.parts.hashes.current([uuidOf(id)]);
    if (!stored) throw withdrawn(entry);
    return this.parts.previews.ofEntry(organisation, entry, hashSetOf(stored.hashes));
  }

  /** The list is in it: otherwise readers of two lists could compare their content. */
  private fingerprint(list: string, identity: Uint8Array): string {
    return createHmac('sha256', this.glyphKey).update(`${list}\n`).update(identity).digest('hex');
  }
}

function withdrawn({ id }: Entry): VigieError {
  return new VigieError('conflict', `entry ${id} is withdrawn, so it matches nothing`);
}

/** Stored PDQ hashes are all upright. `as`: they were parsed when they came. */
function hashSetOf(hashes: readonly IndexedHash[]): HashSet {
  const hexOf = ({ value }: IndexedHash) => Buffer.from(value).toString('hex');
  const pdq = hashes
    .filter(({ algorithm }) => algorithm === 'pdq')
    .map((hash) => ({
      value: hexOf(hash) as HashOf<'pdq'>,
      quality: hash.quality ?? undefined,
      orientation: 'identity' as const,
      variant: hash.variant,
    }));
  const others = hashes.filter(({ algorithm }) => algorithm !== 'pdq').map((hash) => [hash.algorithm, hexOf(hash)] as const);
  return { ...(pdq.length > 0 && { pdq }), ...Object.fromEntries(others) };
}
