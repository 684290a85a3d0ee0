import type { Actor } from '../../domain/actor.js';
import { VigieError } from '../../domain/errors.js';
import { type Export, type ExportRequest, exportIdOf, maxDownloads, stateOf } from '../../domain/export.js';
import type { ExportEntryStore } from '../../store/export-entries.js';
import type { ExportStore } from '../../store/exports.js';
import { type ListCache, noSuchList } from '../lists/list-cache.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import { assertAgeKey } from './age.js';
import { CanaryMaker } from './canary-maker.js';
import { ExportAccess } from './export-access.js';
import { ExportFile } from './export-file.js';
import { assertScheme, exportFormat, extensionOf } from './export-formats.js';

export interface ExportParts {
  readonly store: ExportStore;
  readonly entries: ExportEntryStore;
  readonly listCache: ListCache;
  readonly follower: Pick<ChangeFeedFollower, 'refresh'>;
  readonly log: { warn(detail: object, message: string): void };
}

/** A file on its way to its reader. */
export interface Sending {
  readonly fileName: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Entries written so far. */
  written(): number;
  /** To be called once. Only the caller knows whether the last byte arrived. */
  end(arrived: boolean): Promise<void>;
}

/** Each reads the database without a pause. */
const atOnce = 2;
const retryAfterSeconds = 30;
/** About 1.5 MB with all variants. The embedded database answers others between two pages. */
const entriesPerPage = 500;

export class Exports {
  private readonly access: ExportAccess;
  private readonly canaryMaker: CanaryMaker;
  private readonly stopping = new AbortController();
  private sending = 0;

  constructor(private readonly parts: ExportParts) {
    this.access = new ExportAccess(parts.listCache);
    this.canaryMaker = new CanaryMaker(parts.entries);
  }

  /** @throws VigieError `not_found`, `forbidden`, `bad_request`. */
  async ask(actor: Actor, request: ExportRequest): Promise<Export> {
    this.access.listFor(actor, request.list);
    assertScheme(exportFormat(request.format), request.scheme);
    if (request.ageKey !== null) await assertAgeKey(request.ageKey);
    const asked = await this.parts.store.ask(request, actor);
    if (!asked) throw noSuchList(request.list);
    return asked;
  }

  /** @throws VigieError `not_found`. */
  async read(actor: Actor, id: string): Promise<Export> {
    return this.access.seen(actor, await this.parts.store.get(id));
  }

  page(actor: Actor, list: string | undefined, before: string | undefined, limit: number): Promise<Export[]> {
    const { lists, owned } = this.access.listsOf(actor);
    return this.parts.store.page({
      lists: lists.filter((one) => list === undefined || one === list),
      owned,
      ...(actor.via === 'key' && { organisation: actor.organisation }),
      ...{ before, limit },
    });
  }

  /**
   * Another person of the organisation agrees. The canaries are entries from now on, before anybody can have the file.
   *
   * @throws VigieError `not_found`, `own_work`, `conflict`
   */
  async confirm(actor: Actor, id: string): Promise<Export> {
    const { store, follower } = this.parts;
    const asked = this.access.own(actor, await store.get(id));
    const state = stateOf(asked, Date.now());
    if (state !== 'waiting') throw new VigieError('conflict', `the export is ${state}; it does not wait for anybody`);
    if (actor.via === 'key' && actor.person === asked.person)
      throw new VigieError('own_work', 'the person who asked for the export cannot confirm it; ask a colleague');
    const { carries } = exportFormat(asked.format);
    const canaries = await this.canaryMaker.make(asked.list, asked.canaries, carries);
    if (!(await store.confirm(asked, actor, canaries)))
      throw new VigieError('conflict', 'the export was confirmed or cancelled meanwhile');
    await follower.refresh().catch(() => {});
    return this.access.own(actor, await store.get(id));
  }

  /** Canaries of a confirmed export stay: somebody may have the file. @throws VigieError `not_found`, `conflict`. */
  async cancel(actor: Actor, id: string): Promise<Export> {
    const { store } = this.parts;
    const found = this.access.own(actor, await store.get(id));
    const state = stateOf(found, Date.now());
    if (state === 'expired' || !(await store.cancel(found, actor)))
      throw new VigieError('conflict', `the export is ${state}; only one that is waiting or ready can be cancelled`);
    return this.access.own(actor, await store.get(id));
  }

  /**
   * The file, from the database, for one of the two people.
   *
   * @throws VigieError `not_found`, `forbidden`, `conflict`, `overloaded`
   */
  async send(actor: Actor, id: string): Promise<Sending> {
    const { store, entries } = this.parts;
    const found = this.access.own(actor, await store.get(id));
    this.assertMaySend(actor, found);
    const download = await this.begin(found, actor);
    const format = exportFormat(found.format);
    const file = new ExportFile({
      ...{ format, scheme: found.scheme, ageKey: found.ageKey },
      pages: entries.pages(found.list, found.id, entriesPerPage),
      assertMayGoOn: () => this.assertMayGoOn(actor, found.id),
    });
    return {
      fileName: `${found.list}-${exportIdOf(found.id).slice(-8)}.${extensionOf(format)}${found.ageKey === null ? '' : '.age'}`,
      chunks: file.chunks(),
      written: () => file.receipt.entries,
      end: (arrived) => this.end(found, download, file, arrived, actor),
    };
  }

  /** Downloads break off. */
  stop(): void {
    this.stopping.abort(new VigieError('overloaded', 'this node is stopping; retry', retryAfterSeconds));
  }

  /** @throws VigieError `conflict`, `overloaded`. */
  private async begin(found: Export, actor: Actor): Promise<string> {
    if (this.sending >= atOnce)
      throw new VigieError('overloaded', `this node sends ${atOnce} exports already; retry`, retryAfterSeconds);
    this.sending++;
    try {
      const download = await this.parts.store.beginDownload(found, actor, maxDownloads);
      if (download !== undefined) return download;
      throw new VigieError('conflict', `the export was downloaded ${maxDownloads} times; ask for another one`);
    } catch (error) {
      this.sending--;
      throw error;
    }
  }

  private assertMaySend(actor: Actor, found: Export): void {
    const state = stateOf(found, Date.now());
    if (state === 'waiting')
      throw new VigieError('conflict', 'the export waits for a second person; a colleague must confirm it first');
    if (state !== 'ready') throw new VigieError('conflict', `the export is ${state}; ask for another one`);
    if (actor.via !== 'key' || actor.person === found.person || actor.person === found.confirmedBy) return;
    throw new VigieError('forbidden', 'only the person who asked for the export and the one who confirmed it may download it');
  }

  /** A cancellation, a right that ends, and a stop of the node end a download as well. */
  private async assertMayGoOn(actor: Actor, id: string): Promise<void> {
    this.stopping.signal.throwIfAborted();
    this.assertMaySend(actor, this.access.own(actor, await this.parts.store.get(id)));
  }

  private async end(found: Export, download: string, file: ExportFile, arrived: boolean, actor: Actor): Promise<void> {
    const { store, log } = this.parts;
    this.sending--;
    const { receipt } = file;
    const isComplete = arrived && receipt.sha256 !== null;
    const sent = isComplete ? receipt : { ...receipt, sha256: null };
    await store.endDownload(found, download, isComplete ? 'complete' : 'broken', sent, actor).catch((error: unknown) => {
      log.warn({ err: error, export: found.id }, 'the receipt of an export could not be stored');
    });
  }
}
