import { createHash } from 'node:crypto';
import { type HashSet, minimumQuality } from '../../domain/hash.js';
import type { Caller } from '../../domain/key.js';
import { defaultThresholds } from '../../domain/list.js';
import type { DisclosedMatch } from '../../domain/match-disclosure.js';
import type { Match, UnscannableReason, VerdictName } from '../../domain/verdict.js';
import type { ContentNumber } from '../../store/hma-contents.js';
import type { EntryNames } from '../matching/entry-names.js';
import type { AskedHashes, MatchDisclosure } from '../matching/match-disclosure.js';
import type { FoundEntries, Matcher } from '../matching/matcher.js';
import type { Bank, BankCache, Banks } from './bank-cache.js';
import type { ContentNumbers } from './content-numbers.js';

export interface LookupParts {
  readonly matcher: Matcher;
  readonly disclosure: MatchDisclosure;
  readonly names: EntryNames;
  readonly bankCache: BankCache;
  readonly contentNumbers: ContentNumbers;
}

/** What a client asks besides a hash. */
export interface LookupFilter {
  /** Names of banks; absent: all. */
  readonly banks?: readonly string[] | undefined;
  /** Also banks that matching is switched off for, and content that is disabled. */
  readonly raw?: boolean;
  readonly bypassCoin?: boolean;
  /** The same text gives the same coin. */
  readonly seed?: string | undefined;
}

export interface FoundContent {
  readonly bank: string;
  /** 0: not told, or the database that numbers content is away. */
  readonly id: number;
  /** In bits. */
  readonly distance: number;
}

export interface LookedUp {
  readonly verdict: VerdictName;
  /** Why a picture could not be searched. */
  readonly reason: UnscannableReason | null;
  /** By bank and id. */
  readonly contents: readonly FoundContent[];
}

const untold = 0;

/** A lookup is a match: the same search, verdict log, safeguards and disclosure. Only its answer differs. */
export class Lookup {
  constructor(private readonly parts: LookupParts) {}

  /** Before something is fetched for a lookup. @throws as `Matcher.admit` */
  admit(caller: Caller): void {
    this.parts.matcher.admit(caller);
  }

  /** @throws as `Matcher.matchHashes` */
  async byHashes(caller: Caller, requestId: string, hashes: HashSet, filter: LookupFilter): Promise<LookedUp> {
    const asked = withQuality(hashes);
    return this.told(caller, await this.parts.matcher.findEntries(caller, requestId, asked), asked, filter);
  }

  /** @throws as `Matcher.matchImage` */
  async byImage(
    caller: Caller,
    requestId: string,
    bytes: Uint8Array,
    filter: LookupFilter,
    signal: AbortSignal,
  ): Promise<LookedUp> {
    const found = await this.parts.matcher.findEntriesOfImage(caller, requestId, bytes, signal);
    return this.told(caller, found, found.verdict.hashes, filter);
  }

  private async told(
    caller: Caller,
    { verdict: { verdict, reason, matches }, entries }: FoundEntries,
    asked: AskedHashes,
    filter: LookupFilter,
  ): Promise<LookedUp> {
    const { disclosure, bankCache, contentNumbers } = this.parts;
    disclosure.note(caller, asked, matches.length > 0);
    if (entries.length === 0) return { verdict, reason, contents: [] };
    const banks = await bankCache.of(caller.organisation);
    const wanted = wantedBanks(banks, filter);
    // HMA has no word for a match that only holds, and its clients ban what matches.
    const kept = entries.filter(({ list, band }) => band !== 'far' && wanted(banks.byList.get(list)));
    const numbers = await contentNumbers.of(caller.organisation, kept);
    const now = Date.now() / 1_000;
    const contents = new Map<string, FoundContent>();
    for (const match of kept) {
      const number = numbers.get(match.entry);
      if (!filter.raw && number && isDisabled(number, now)) continue;
      const content = this.contentOf(caller, match, number, banks.byList.get(match.list)?.name ?? '');
      const name = `${content.bank} ${content.id}`;
      const known = contents.get(name);
      if (!known || content.distance < known.distance) contents.set(name, content);
    }
    return { verdict, reason, contents: inOrder([...contents.values()], banks) };
  }

  private contentOf(caller: Caller, match: Match, number: ContentNumber | undefined, bank: string): FoundContent {
    const { disclosure, names } = this.parts;
    const named = { ...match, entry: names.show(caller.organisation, match) };
    const [shown] = disclosure.discloseAgain(caller, { matches: [named] }).matches;
    const isTold = shown !== undefined && shown.entry !== null;
    return { bank, id: isTold ? (number?.id ?? untold) : untold, distance: shown ? distanceOf(shown) : widest };
  }
}

/** HMA's hashers give no PDQ hash of less quality, so a client that has one has that. */
function withQuality(hashes: HashSet): HashSet {
  return hashes.pdq ? { ...hashes, pdq: hashes.pdq.map((one) => ({ ...one, quality: minimumQuality })) } : hashes;
}

const { tight, wide: widest } = defaultThresholds.pdq;

/** Whoever may know only the band is told its upper end. */
function distanceOf({ distance, band, matchType }: DisclosedMatch): number {
  if (matchType === 'exact') return 0;
  if (distance !== null) return distance;
  return band === 'tight' ? tight : widest;
}

function isDisabled({ disabledUntil }: ContentNumber, now: number): boolean {
  return disabledUntil === 0 || (disabledUntil !== 1 && disabledUntil > now);
}

/** One coin per hash and request: a bank matches in as many requests as its ratio says. */
function wantedBanks({ byName }: Banks, { banks, raw, bypassCoin, seed }: LookupFilter): (bank: Bank | undefined) => boolean {
  const named = banks && new Set(banks.map((name) => byName.get(name)?.list));
  const coin = raw || bypassCoin ? -1 : coinOf(seed);
  return (bank) => bank !== undefined && bank.ratio > coin && (!named || named.has(bank.list));
}

function coinOf(seed: string | undefined): number {
  if (seed === undefined) return Math.random();
  return createHash('sha256').update(seed).digest().readUInt32BE() / 2 ** 32;
}

/** Neither by distance nor as the index found them: that would tell what a band hides. */
function inOrder(contents: FoundContent[], { all }: Banks): FoundContent[] {
  if (contents.length < 2) return contents;
  const places = new Map(all.map(({ name }, at) => [name, at]));
  const placeOf = ({ bank }: FoundContent) => places.get(bank) ?? 0;
  return contents.sort((a, b) => placeOf(a) - placeOf(b) || a.id - b.id);
}
