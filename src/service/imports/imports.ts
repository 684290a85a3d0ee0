import type { Actor } from '../../domain/actor.js';
import { VigieError } from '../../domain/errors.js';
import { emptyReport, type Import, type ImportProgress, type ImportReport } from '../../domain/import.js';
import type { List } from '../../domain/list.js';
import { FormatError, type SourceFile } from '../../formats/format.js';
import type { FetchedImportStore } from '../../store/fetched-imports.js';
import type { KnownGood } from '../entries/known-good.js';
import type { Tombstones } from '../entries/tombstones.js';
import type { ListCache } from '../lists/list-cache.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import { ImportAccess } from './import-access.js';
import { faultOf, type Opened, openFile } from './import-file.js';
import type { ImportPromoter, PromoterParts } from './import-promoter.js';
import { readFile } from './import-reader.js';
import type { OpenImports } from './open-imports.js';
import { RecordJudge } from './record-judge.js';
import { RecordStager } from './record-stager.js';

export interface ImportRequest {
  readonly list: string;
  readonly path: string;
  /** Shown to people. */
  readonly file: string;
  /** Absent: recognised from the content. */
  readonly format?: string | undefined;
  /** Absent: the name of the format. */
  readonly source?: string | undefined;
  /** The list shall hold of this source exactly what the file holds. */
  readonly replace?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** Import the good records of a file that also has bad ones. */
  readonly skipInvalid?: boolean | undefined;
}

export interface ImportParts extends PromoterParts {
  readonly open: OpenImports;
  readonly fetched: Pick<FetchedImportStore, 'forgetFetched' | 'isExchange'>;
  readonly promoter: ImportPromoter;
  readonly listCache: ListCache;
  readonly knownGood: Pick<KnownGood, 'likeness'>;
  readonly tombstones: Tombstones;
  readonly follower: Pick<ChangeFeedFollower, 'refresh' | 'assertUsable'>;
}

/** Its records hold hashes, also of content that is erased meanwhile: as long as a seal after an erasure. */
const waitingDays = 3;
/** An exchange may bring something every second. Its acts stay in the audit log. */
const fetchedDays = 7;
const tellEvery = 20_000;

const sourceName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export class Imports {
  private readonly access: ImportAccess;

  constructor(private readonly parts: ImportParts) {
    this.access = new ImportAccess(parts.listCache);
  }

  /** @throws VigieError `not_found`, `forbidden`, `index_unavailable`. Before a file is uploaded. */
  admit(actor: Actor, list: string): List {
    this.parts.follower.assertUsable();
    return this.access.listFor(actor, list);
  }

  /**
   * Reads the file, judges its records, and promotes them together. Returns at the end; `started` gets the id early.
   *
   * @throws VigieError `not_found`, `forbidden`, `bad_request`; a fault of the file is no error but the state `failed`
   */
  async run(
    actor: Actor,
    request: ImportRequest,
    signal: AbortSignal,
    onProgress: (progress: ImportProgress) => void = () => {},
    started: (id: string) => void = () => {},
  ): Promise<Import> {
    const list = this.admit(actor, request.list);
    const { file, source } = request;
    if (source !== undefined && !sourceName.test(source))
      throw new VigieError(
        'bad_request',
        'source: expected 1 to 63 letters, digits, ".", "_" or "-", beginning with a letter or digit',
      );
    const opened = await openFile(request.path, request.format).catch(faultOf);
    const named = source ?? ('fault' in opened ? 'unknown' : opened.format.name);
    const given = { list: list.id, source: named, file, replaces: request.replace === true, dry: request.dryRun === true };
    const { open, fetched } = this.parts;
    if (await fetched.isExchange(list.id, named))
      throw new VigieError(
        'bad_request',
        `source: "${named}" is an exchange of this list; name the file otherwise (source, --source)`,
      );
    const id = await open.begin(given, actor);
    started(id);
    try {
      if ('fault' in opened) await this.fail(id, emptyReport, opened.fault);
      else await this.work(id, actor, list, request, opened, signal, onProgress);
    } finally {
      await open.end(id);
    }
    return this.get(id);
  }

  /** @throws VigieError `not_found`, also for an import into a list that the organisation may not enrol into. */
  async read(actor: Actor, id: string): Promise<Import> {
    const found = await this.parts.store.get(id);
    if (!found || !this.access.maySee(actor, found)) throw new VigieError('not_found', 'no such import');
    return found;
  }

  page(actor: Actor, list: string | undefined, before: string | undefined, limit: number): Promise<Import[]> {
    const lists = this.access.listsOf(actor).filter((one) => list === undefined || one === list);
    return this.parts.store.page(lists, actor.via === 'key' ? { organisation: actor.organisation } : undefined, before, limit);
  }

  /**
   * Another person agrees to an import that would end many claims.
   *
   * @throws VigieError `not_found`, `own_work`, `conflict`
   */
  async confirm(actor: Actor, id: string): Promise<Import> {
    const waiting = await this.read(actor, id);
    if (waiting.state !== 'waiting')
      throw new VigieError('conflict', `the import is ${waiting.state}; it does not wait for anybody`);
    if (actor.via === 'key' && actor.person === waiting.person)
      throw new VigieError('own_work', 'the person who began the import cannot confirm it; ask a colleague');
    if (await this.parts.store.isOutdated(waiting))
      throw new VigieError('conflict', `a newer file of source ${waiting.source} was imported meanwhile; cancel this import`);
    await this.parts.promoter.promote(waiting, actor, () => {});
    await this.parts.open.forgetIfEnded(id);
    return this.get(id);
  }

  /** @throws VigieError `not_found`, `conflict` when it is ended or already promoting. */
  async cancel(actor: Actor, id: string): Promise<Import> {
    const { state, report } = await this.read(actor, id);
    if (!(await this.parts.store.moveTo(id, 'cancelled', report, ['reading', 'waiting'])))
      throw new VigieError('conflict', `the import is ${state}; only one that is reading or waiting can be cancelled`);
    await this.parts.store.forgetRecords(id);
    return this.get(id);
  }

  /** Ends what dead processes left, or finishes it on the embedded database. */
  async tidy(): Promise<void> {
    await this.parts.fetched.forgetFetched(fetchedDays);
    for (const one of await this.parts.store.open()) {
      // One that cannot be finished must not keep all others from it.
      await this.tidyOne(one).catch((error: unknown) =>
        this.parts.log.warn({ import: one.id, err: error }, 'an import cannot be ended yet'),
      );
    }
  }

  private async tidyOne(one: Import): Promise<void> {
    if (one.state === 'waiting') {
      if (one.heardAt.getTime() > Date.now() - waitingDays * 86_400_000) return;
      await this.parts.store.moveTo(one.id, 'cancelled', one.report, ['waiting'], 'nobody confirmed it in time');
    } else if (!this.isAlive(one)) await this.settle(one);
    await this.parts.open.forgetIfEnded(one.id);
  }

  private isAlive(one: Import): boolean {
    return this.parts.open.isRead(one) || this.parts.promoter.works(one.id);
  }

  private async settle(dead: Import): Promise<void> {
    const { store, embedded, log } = this.parts;
    log.warn({ import: dead.id, list: dead.list, state: dead.state }, 'an import lost its process');
    // On PostgreSQL the transaction ended with the process.
    if (dead.state === 'promoting' && embedded) return this.parts.promoter.resume(dead, this.parts.open.worker);
    await store.moveTo(dead.id, 'failed', dead.report, ['reading', 'promoting'], 'its process ended; import the file again');
  }

  private async work(
    id: string,
    actor: Actor,
    list: List,
    request: ImportRequest,
    { file, format }: Opened,
    signal: AbortSignal,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<void> {
    const { store, knownGood, tombstones } = this.parts;
    const judge = new RecordJudge({ list, organisation: list.organisation, tombstones, knownGood });
    const stager = new RecordStager(id, judge, store);
    const cancelled = new AbortController();
    let told = 0;
    try {
      if (list.action === 'suppress' && format.name.startsWith('vics'))
        throw new FormatError('malformed', format.name, null, 'a VICS file cannot go into a list of harmless content');
      await readFile({ format, file }, stager, AbortSignal.any([signal, cancelled.signal]), (report) => {
        onProgress({ step: 'reading', records: report.records, of: recordsOf(file, report.records) });
        if (report.records - told < tellEvery) return;
        told = report.records;
        void store.tell(id, stager.report, format.name).then(
          (goesOn) => goesOn || cancelled.abort(new CancelledError()),
          () => {},
        );
      });
    } catch (error) {
      if (error instanceof CancelledError) return;
      await this.failBecause(id, stager.report, error, signal);
      return;
    }
    await this.conclude(id, actor, list, request, stager.report, format.name, onProgress);
  }

  private async conclude(
    id: string,
    actor: Actor,
    list: List,
    { dryRun, skipInvalid }: ImportRequest,
    read: ImportReport,
    format: string,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<void> {
    const { store } = this.parts;
    if (!(await store.tell(id, read, format))) return;
    const staged = await this.get(id);
    const report = { ...read, ...(await store.effect(staged)) };
    const changed = this.access.whyNoLonger(actor, list);
    if (dryRun) {
      await store.moveTo(id, 'checked', report, ['reading']);
    } else if (changed) {
      await this.fail(id, report, changed);
    } else if (report.invalid > 0 && !skipInvalid) {
      const records = report.invalid === 1 ? '1 record is' : `${report.invalid} records are`;
      await this.fail(
        id,
        report,
        `${records} invalid, so nothing was imported; correct the file, or import the rest with skipInvalid (--skip-invalid)`,
      );
    } else if (report.ended > list.limits.withdrawalsAnHour) {
      await store.moveTo(id, 'waiting', report, ['reading']);
    } else {
      await this.parts.promoter.promote({ ...staged, report }, actor, onProgress).catch((error: unknown) => {
        if (error instanceof VigieError && error.code === 'conflict') return this.fail(id, report, error.detail);
        throw error;
      });
    }
  }

  private fail(id: string, report: ImportReport, failure: string): Promise<boolean> {
    return this.parts.store.moveTo(id, 'failed', report, ['reading'], failure);
  }

  private async failBecause(id: string, report: ImportReport, error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) await this.parts.store.moveTo(id, 'cancelled', report, ['reading'], 'interrupted');
    else if (error instanceof FormatError) await this.fail(id, report, error.message);
    else {
      this.parts.log.warn({ import: id, err: error }, 'an import failed');
      await this.fail(
        id,
        report,
        error instanceof VigieError ? error.detail : 'the file could not be read; the log of this process says why',
      );
    }
  }

  private async get(id: string): Promise<Import> {
    const found = await this.parts.store.get(id);
    if (!found) throw new VigieError('not_found', 'no such import');
    return found;
  }
}

class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

/** An estimate by the bytes read. */
function recordsOf(file: SourceFile, records: number): number | undefined {
  const part = file.partRead?.();
  return part === undefined || part === 0 ? undefined : Math.round(records / Math.min(part, 1));
}
