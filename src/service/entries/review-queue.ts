import { type Entry, uuidOfEntryId } from '../../domain/entry.js';
import type { HeldLease } from '../../domain/entry-conflict.js';
import { meets } from '../../domain/entry-lifecycle.js';
import { VigieError } from '../../domain/errors.js';
import type { Caller } from '../../domain/key.js';
import type { ContentClass } from '../../domain/list.js';
import { isMoment } from '../../domain/moment.js';
import { type Hindrance, hindranceOf, type QueueKind, statusesOf } from '../../domain/review-queue.js';
import type { QueuedEntry, QueueFilter, QueuePlace, ReviewQueueStore } from '../../store/review-queue.js';
import type { ListCache } from '../lists/list-cache.js';
import { shownLease } from './entry-conflicts.js';
import type { EntryReader } from './entry-reader.js';

export interface QueueRequest {
  readonly kind: QueueKind;
  readonly list?: string | undefined;
  readonly class?: ContentClass | undefined;
  readonly series?: string | undefined;
  /** The organisation that enrolled the entry. */
  readonly source?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface QueueItem {
  readonly entry: Entry;
  readonly waitingSince: string;
  readonly ownWork: boolean;
  readonly confirmedByMe: boolean;
  readonly mayDecide: boolean;
  readonly whyNot: Hindrance | null;
  readonly lease: HeldLease | null;
}

export interface QueuePage {
  readonly total: number;
  readonly totalIsCapped: boolean;
  readonly oldest: string | null;
  readonly items: QueueItem[];
  readonly nextCursor: string | null;
}

/** Counting all of a million would take longer than the page. */
const maxTotal = 10_000;

export class ReviewQueue {
  constructor(
    private readonly store: ReviewQueueStore,
    private readonly entries: Pick<EntryReader, 'shown' | 'get'>,
    private readonly listCache: ListCache,
  ) {}

  /** Oldest first. @throws VigieError `bad_request` for another cursor. */
  async page(caller: Caller, request: QueueRequest): Promise<QueuePage> {
    const after = request.cursor === undefined ? undefined : placeOf(request.cursor);
    const filter = this.filterOf(caller, request);
    const limits = { limit: request.limit + 1, maximum: maxTotal + 1 };
    const { queued, total, oldest } = await this.store.read(filter, after, limits);
    const shown = queued.slice(0, request.limit);
    const last = queued.length > request.limit ? shown.at(-1) : undefined;
    return {
      total: Math.min(total, maxTotal),
      totalIsCapped: total > maxTotal,
      oldest: oldest?.toISOString() ?? null,
      items: shown.map((one) => this.itemOf(caller, one)),
      nextCursor: last ? `${last.waitingSince.toISOString()} ${last.entry.id}` : null,
    };
  }

  /** One entry as the queue shows it, whatever its status. @throws VigieError `not_found`. */
  async item(caller: Caller, id: string): Promise<QueueItem> {
    await this.entries.get(caller.organisation, id);
    const queued = await this.store.one(uuidOfEntryId(id) ?? '', caller.person);
    if (!queued) throw new VigieError('not_found', `there is no entry "${id}"`);
    return this.itemOf(caller, queued);
  }

  private filterOf({ organisation, person }: Caller, request: QueueRequest): QueueFilter {
    const { kind, list, class: contentClass, series, source } = request;
    const onlyConfirmable = kind === 'waiting_for_me';
    const lists = this.listCache.all().flatMap(({ id }) => {
      const rights = this.listCache.rights(id, organisation);
      const isShown = rights.has('read') && (!onlyConfirmable || rights.has('verify'));
      return isShown && (list === undefined || list === id) ? [id] : [];
    });
    return { lists, statuses: statusesOf(kind), class: contentClass, series, organisation: source, person, onlyConfirmable };
  }

  private itemOf({ organisation, person }: Caller, queued: QueuedEntry): QueueItem {
    const { entry, waitingSince, ownWork, confirmedByMe, lease } = queued;
    const { people, organisations, required, requiredOrganisations } = entry.verification;
    const isConfirmed = meets({ people, organisations }, { people: required, organisations: requiredOrganisations });
    const mayVerify = this.listCache.rights(entry.list, organisation).has('verify');
    const whyNot = hindranceOf({ status: entry.status, isConfirmed }, { mayVerify, ownWork, confirmedByMe });
    return {
      entry: this.entries.shown(organisation, entry),
      waitingSince: waitingSince.toISOString(),
      ownWork,
      confirmedByMe,
      mayDecide: whyNot === null,
      whyNot,
      lease: shownLease(lease, person),
    };
  }
}

function placeOf(cursor: string): QueuePlace {
  const [at = '', id = '', ...rest] = cursor.split(' ');
  const entry = uuidOfEntryId(id);
  if (entry && isMoment(Date.parse(at)) && rest.length === 0) return { since: new Date(at), entry };
  throw new VigieError('bad_request', 'cursor: expected the nextCursor of the previous page, unchanged');
}
