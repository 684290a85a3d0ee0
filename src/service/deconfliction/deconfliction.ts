/** Police and hotlines learn who else works on a picture (docs/api/deconfliction.md). No verdict: nothing is removed because of it. */
import {
  type Contact,
  type Inquiry,
  type KnownPicture,
  otherCases,
  type Touch,
  type TouchedList,
  touchedLists,
} from '../../domain/deconfliction.js';
import { uuidOfEntryId } from '../../domain/entry.js';
import { VigieError } from '../../domain/errors.js';
import type { HashSet } from '../../domain/hash.js';
import { actorOf, type Caller } from '../../domain/key.js';
import { bands, type List } from '../../domain/list.js';
import type { Evaluation } from '../../domain/match-evaluation.js';
import { evaluateAll } from '../../domain/policy.js';
import type { UnscannableReason } from '../../domain/verdict.js';
import type { HashIndex } from '../../index/hash-index.js';
import { appendAct } from '../../store/audit.js';
import type { CaseStore, EntryCases } from '../../store/cases.js';
import type { Database } from '../../store/database.js';
import type { OrganisationCache } from '../accounts/organisation-cache.js';
import { type ListCache, searchRadii } from '../lists/list-cache.js';
import { searchCandidates } from '../matching/candidate-search.js';
import type { EntryNames } from '../matching/entry-names.js';
import type { ImageHasher } from '../matching/image-hasher.js';
import type { LongWork } from '../matching/long-work.js';
import type { MatchDisclosure } from '../matching/match-disclosure.js';
import { type Query, queryOfHashes, queryOfImage, shownHashes } from '../matching/query.js';
import { type IndexState, searchWhole } from '../sync/whole-index.js';

export interface DeconflictionParts {
  readonly database: Database;
  readonly cases: CaseStore;
  readonly index: HashIndex;
  readonly follower: IndexState;
  readonly listCache: ListCache;
  readonly organisationCache: OrganisationCache;
  readonly hasher: ImageHasher;
  readonly names: EntryNames;
  readonly disclosure: MatchDisclosure;
  readonly longWork: LongWork;
}

export interface Deconflicted {
  readonly known: boolean;
  readonly pictures: readonly KnownPicture[];
  readonly unscannable: UnscannableReason | null;
}

export interface SeizedItem {
  readonly id?: string | undefined;
  readonly hashes: HashSet;
}

export interface Rapprochement {
  readonly items: number;
  readonly known: number;
  readonly unknown: number;
  /** The ids of known items that have one. */
  readonly knownItems: readonly string[];
  readonly lists: readonly TouchedList[];
}

/** The best evaluation of each entry that a query found, by the entry's id. */
type Found = ReadonlyMap<string, Evaluation>;

const maxPictures = 20;
/** Of a seizure: a few milliseconds, so that matching need not wait. */
const queriesPerPart = 64;

export class Deconfliction {
  constructor(private readonly parts: DeconflictionParts) {}

  /** @throws VigieError `no_lists`, `index_unavailable`, `database_unavailable`. */
  ofHashes(caller: Caller, inquiry: Inquiry, hashes: HashSet): Promise<Deconflicted> {
    return this.deconflict(caller, inquiry, queryOfHashes('', hashes));
  }

  /** @throws VigieError as `ofHashes`, and `overloaded`. */
  async ofImage(caller: Caller, inquiry: Inquiry, bytes: Uint8Array, signal?: AbortSignal): Promise<Deconflicted> {
    this.listsOf(caller);
    const image = await this.parts.hasher.hash(bytes, signal, 'query', caller.organisation);
    signal?.throwIfAborted();
    return this.deconflict(caller, inquiry, queryOfImage('', image));
  }

  /** @throws VigieError as `ofHashes`. */
  async rapprochement(caller: Caller, inquiry: Inquiry, items: readonly SeizedItem[]): Promise<Rapprochement> {
    const { longWork } = this.parts;
    const lists = this.listsOf(caller);
    const queries = items.map(({ hashes }) => queryOfHashes('', hashes));
    const found: Found[] = [];
    for (let first = 0; first < queries.length; first += queriesPerPart) {
      const part = queries.slice(first, first + queriesPerPart);
      found.push(...(await longWork.part(caller.organisation, () => this.search(caller, part, lists))));
    }
    const touches = await this.touches(caller, inquiry, found);
    const known = new Set(touches.map(({ item }) => item));
    const touched = this.isBlind(caller) ? [] : touchedLists(touches);
    const counts = { items: items.length, known: known.size, unknown: items.length - known.size };
    await this.record(caller, 'rapprochement', inquiry, { ...counts, lists: touched.map(({ list }) => list) });
    const knownItems = items.flatMap(({ id }, item) => (id !== undefined && known.has(item) ? [id] : []));
    return { ...counts, knownItems, lists: touched };
  }

  private async deconflict(caller: Caller, inquiry: Inquiry, query: Query): Promise<Deconflicted> {
    const [found] = await this.search(caller, [query], this.listsOf(caller));
    const entries = await this.casesOf(found ? [found] : []);
    const pictures = [...(found ?? [])].flatMap(([id, evaluation]) => {
      const about = entries.get(id);
      return about ? this.pictureOf(caller, inquiry, evaluation, about) : [];
    });
    const lists = [...new Set(pictures.map(({ list }) => list))];
    const known = pictures.length > 0;
    await this.record(caller, 'deconflict', inquiry, { known, lists });
    const shown = this.isBlind(caller) ? [] : pictures.sort(byBand).slice(0, maxPictures);
    return { known, pictures: shown, unscannable: query.unscannable };
  }

  /** @throws VigieError `no_lists`. */
  private listsOf({ organisation }: Caller): ReadonlyMap<string, List> {
    const { listCache } = this.parts;
    const lists = listCache.all().filter(({ id, enabled, action }) => {
      const rights = listCache.rights(id, organisation);
      return enabled && action !== 'suppress' && (rights.has('match') || rights.has('read'));
    });
    // A gradual start is for what platforms remove.
    if (lists.length > 0) return new Map(lists.map((list) => [list.id, { ...list, share: 100 }]));
    throw new VigieError('no_lists', 'your organisation may match or read no enabled list; ask an operator for access');
  }

  private async search(caller: Caller, queries: readonly Query[], lists: ReadonlyMap<string, List>): Promise<Found[]> {
    const { index, follower, disclosure } = this.parts;
    const candidates = await searchWhole(follower, () => searchCandidates(index, queries, searchRadii(lists), { lists }));
    return queries.map((query, at) => {
      const found = new Map<string, Evaluation>();
      for (const one of evaluateAll(candidates[at] ?? [], lists, caller.organisation)) {
        const { id } = one.candidate.entry;
        const better = found.get(id);
        if (one.outcome !== 'ignore' && (!better || rank(one) < rank(better))) found.set(id, one);
      }
      // Answers with a series and a band would help to walk towards a hash as well as verdicts do.
      disclosure.note(caller, { pdq: query.hashes.pdq, blockhash: shownHashes(query).blockhash }, found.size > 0);
      return found;
    });
  }

  private async touches(caller: Caller, inquiry: Inquiry, found: readonly Found[]): Promise<Touch[]> {
    const entries = await this.casesOf(found);
    return found.flatMap((ofItem, item) =>
      [...ofItem].flatMap(
        ([
          entry,
          {
            list: { id: list },
          },
        ]) => {
          const about = entries.get(entry);
          const cases = about ? otherCases(about.claims, caller.organisation, inquiry) : [];
          if (!about || cases.length === 0) return [];
          return [{ item, entry, list, series: about.series, cases: this.mayRead(caller, list) ? cases : [] }];
        },
      ),
    );
  }

  private async casesOf(found: readonly Found[]): Promise<ReadonlyMap<string, EntryCases>> {
    const ids = new Set(found.flatMap((one) => [...one.keys()]));
    const byUuid = new Map([...ids].flatMap((id) => uuids(id).map((uuid) => [uuid, id] as const)));
    const cases = await this.parts.cases.of([...byUuid.keys()]);
    return new Map(cases.map((one) => [byUuid.get(one.uuid) ?? '', one]));
  }

  /** None if only the caller's own case has it. */
  private pictureOf(
    caller: Caller,
    inquiry: Inquiry,
    { candidate, list, certainty }: Evaluation,
    about: EntryCases,
  ): KnownPicture[] {
    const { entry } = candidate;
    const others = otherCases(about.claims, caller.organisation, inquiry);
    if (others.length === 0) return [];
    const { victimIdentified = null, offenderIdentified = null, submissions = 0 } = about.facts;
    const owners = this.mayRead(caller, list.id) ? others.map(({ organisation }) => organisation) : [list.organisation];
    return [
      {
        entry: this.parts.names.show(caller.organisation, { entry: entry.id, list: list.id }),
        list: list.id,
        class: entry.class,
        band: certainty,
        series: about.series,
        victimIdentified,
        offenderIdentified,
        submissions: Math.max(others.length, submissions),
        organisations: [...new Set(owners)].flatMap((id) => this.contactOf(id)),
      },
    ];
  }

  private contactOf(id: string | null): Contact[] {
    const known = id === null ? undefined : this.parts.organisationCache.get(id);
    return known ? [{ id: known.id, name: known.name, contact: known.contact }] : [];
  }

  private mayRead({ organisation }: Caller, list: string): boolean {
    return this.parts.listCache.rights(list, organisation).has('read');
  }

  /** The guard has limited the caller: it learns only that something is known. */
  private isBlind(caller: Caller): boolean {
    return this.parts.disclosure.tells(caller) === 'matches';
  }

  /** Before the answer: nobody asks unseen. */
  private async record(caller: Caller, act: string, inquiry: Inquiry, outcome: object): Promise<void> {
    const detail = { ...inquiry, ...outcome };
    await this.parts.database.transaction((tx) =>
      appendAct(tx, { actor: actorOf(caller), act, subject: caller.organisation, detail }),
    );
  }
}

function uuids(id: string): string[] {
  const uuid = uuidOfEntryId(id);
  return uuid ? [uuid] : [];
}

function rank({ certainty }: Evaluation): number {
  return bands.indexOf(certainty);
}

/** Not by distance, which the caller may not know. */
function byBand(a: KnownPicture, b: KnownPicture): number {
  const byRank = bands.indexOf(a.band) - bands.indexOf(b.band);
  return byRank || b.submissions - a.submissions || (a.entry < b.entry ? -1 : 1);
}
