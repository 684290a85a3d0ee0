import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { degenerateReason, isDegenerate } from '../../domain/degenerate.js';
import { startingStatus } from '../../domain/entry.js';
import type { HashSet, Pdq, PdqVariant } from '../../domain/hash.js';
import type { List } from '../../domain/list.js';
import type { FoundHash, ListedRecord, WithdrawnRecord } from '../../formats/format.js';
import type { StagedRecord } from '../../store/imports.js';
import { contentOf, identityOf, storedHashes } from '../entries/enrolment.js';
import type { KnownGood } from '../entries/known-good.js';
import type { Tombstones } from '../entries/tombstones.js';
import { whyRefused } from './record-limits.js';

/** Why a record is left out. */
export interface LeftOut {
  readonly because: 'invalid' | 'unmatchable' | 'degenerate' | 'knownGood';
  /** The record can be read, and does not belong into this list. */
  readonly unfit?: boolean;
  readonly reason: string;
}

export type Judged = { readonly staged: Omit<StagedRecord, 'number'>; readonly nearKnownGood: boolean } | LeftOut;

export interface JudgeParts {
  readonly list: List;
  readonly organisation: string | null;
  readonly tombstones: Tombstones;
  readonly knownGood: Pick<KnownGood, 'likeness'>;
}

/** A record of a class that Vigie does not know waits for a person, whatever the list requires. */
const peopleForUnknownClass = 1;
const uuidBytes = 16;

export class RecordJudge {
  /** For many ids: a call for each would take a tenth of the time of an import. */
  private readonly random = new Uint8Array(uuidBytes * 1_024);
  private randomAt = this.random.length;

  constructor(private readonly parts: JudgeParts) {}

  /** Undefined: it does not. */
  refuses(item: ListedRecord | WithdrawnRecord): string | undefined {
    return whyRefused(item, this.parts.list);
  }

  async listed(record: ListedRecord): Promise<Judged> {
    const { list, organisation, tombstones, knownGood } = this.parts;
    const unknownClass = isUnknownClass(record);
    const unfit = list.action === 'suppress' ? whyNotKnownGood(record) : whyNotListed(record, list);
    if (unfit) return { because: 'invalid', reason: unfit, unfit: true };
    if (record.hashes.length === 0)
      return { because: 'unmatchable', reason: 'has only hashes of kinds that Vigie does not match' };
    const sent = hashSetOf(record.hashes);
    const degenerate = degenerateReason(sent);
    if (degenerate) return { because: 'degenerate', reason: degenerate };
    // The PDQ hashes are usable, or there were a reason.
    const hashes = sent.blockhash && isDegenerate(sent.blockhash) ? { ...sent, blockhash: undefined } : sent;
    const likeness = list.action === 'suppress' ? 'none' : await knownGood.likeness(hashes, organisation);
    if (likeness === 'same')
      return { because: 'knownGood', reason: 'a list of harmless content has an entry that looks the same' };
    const status = unknownClass || likeness === 'near' ? 'draft' : startingStatus(list.verification);
    const stored = storedHashes(hashes);
    // Without spreads: they took a fifth of the time of an import.
    const staged = {
      entry: this.newId(),
      sourceId: record.sourceId ?? this.idOfContent(contentOf(stored)),
      identity: identityOf(stored),
      class: record.class ?? (unknownClass ? 'unclassified' : null),
      status,
      peopleRequired: unknownClass ? peopleForUnknownClass : 0,
      sourceCodes: record.sourceCodes,
      series: record.series,
      synthetic: record.synthetic,
      provenance: record.provenance,
      facts: record.facts,
      expiresAt: record.expiresAt,
      quality: hashes.pdq?.[0]?.quality ?? null,
      algorithms: stored.map(({ algorithm }) => algorithm),
      variants: stored.map(({ variant }) => variant),
      hexes: stored.map(({ hex }) => hex),
      qualities: stored.map(({ quality }) => quality),
      marks: tombstones.hexMarksOf(stored),
    };
    return { nearKnownGood: likeness === 'near', staged };
  }

  withdrawn({ sourceId, hashes }: WithdrawnRecord): Judged {
    if (sourceId === null && hashes.length === 0) return { because: 'invalid', reason: 'names neither a record nor its hashes' };
    const content = contentOf(storedHashes(hashSetOf(hashes)));
    return { nearKnownGood: false, staged: { ...nothing, sourceId: sourceId ?? this.idOfContent(content) } };
  }

  private newId(): string {
    if (this.randomAt === this.random.length) {
      randomFillSync(this.random);
      this.randomAt = 0;
    }
    this.randomAt += uuidBytes;
    return uuidv7({ random: this.random.subarray(this.randomAt - uuidBytes, this.randomAt) });
  }

  /** Keyed, because it stays in the database after a withdrawal. */
  private idOfContent(content: string): string {
    const [mark = ''] = this.parts.tombstones.hexMarksOf([{ algorithm: 'identity', variant: 'full', hex: content }]);
    return `content-${mark.slice(0, 32)}`;
  }
}

const nothing: Omit<StagedRecord, 'number' | 'sourceId'> = {
  entry: null,
  identity: null,
  class: null,
  status: 'draft',
  peopleRequired: 0,
  sourceCodes: [],
  series: null,
  synthetic: false,
  provenance: {},
  facts: {},
  expiresAt: null,
  quality: null,
  algorithms: [],
  variants: [],
  hexes: [],
  qualities: [],
  marks: [],
};

/** The file gave a code, and its scheme or the code has no class of ours. Without any code the list's class applies. */
export function isUnknownClass({ class: contentClass, sourceCodes }: ListedRecord): boolean {
  return contentClass === null && sourceCodes.length > 0;
}

/** A list with action suppress hides matches of other lists. */
function whyNotKnownGood(record: ListedRecord): string | undefined {
  if (isUnknownClass(record)) return 'its class is unknown, so it cannot go into a list of harmless content';
  if (record.class === null || record.class === 'known_good') return undefined;
  return `its class is ${record.class}, so it cannot go into a list of harmless content`;
}

/** NSRL lists known software: harmless, or at any rate nothing to remove. */
function whyNotListed(record: ListedRecord, { action }: List): string | undefined {
  if (record.class !== 'known_good' || (action !== 'remove' && action !== 'remove_and_report')) return undefined;
  return `its class is known_good, so it cannot go into a list with action ${action}`;
}

function hashSetOf(found: readonly FoundHash[]): HashSet {
  const pdq: PdqVariant[] = [];
  const firsts: { -readonly [Name in keyof HashSet]?: HashSet[Name] } = {};
  for (const { algorithm, hex, quality, variant = 'full' } of found) {
    // The casts are safe: a format has checked that the text is a hash of its algorithm.
    if (algorithm === 'pdq')
      pdq.push({ value: hex as Pdq, ...(quality !== null && { quality }), orientation: 'identity', variant });
    else firsts[algorithm] ??= hex as never;
  }
  if (pdq.length > 0) firsts.pdq = pdq;
  return firsts;
}
