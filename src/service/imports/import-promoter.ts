import type { Logger } from 'pino';
import { type Actor, system } from '../../domain/actor.js';
import { VigieError } from '../../domain/errors.js';
import type { Import, ImportProgress } from '../../domain/import.js';
import type { ImportPromotionStore } from '../../store/import-promotion.js';
import type { ImportStore } from '../../store/imports.js';
import type { Tombstones } from '../entries/tombstones.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';

export interface PromoterParts {
  readonly store: ImportStore;
  readonly promotions: ImportPromotionStore;
  readonly embedded: boolean;
  readonly tombstones: Pick<Tombstones, 'seal'>;
  readonly follower: Pick<ChangeFeedFollower, 'refresh'>;
  /** Before so many entries are written: the index for neighbours may take minutes for them. */
  readonly prepareBulk: (entries: number) => Promise<void>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** Turns a staged import into entries. */
export class ImportPromoter {
  private readonly working = new Set<string>();

  constructor(private readonly parts: PromoterParts) {}

  /** True: this process promotes it now. */
  works(id: string): boolean {
    return this.working.has(id);
  }

  /**
   * @param one reading or waiting
   * @throws VigieError `conflict` when it cannot begin; a failure later is no error but the state `failed`
   */
  async promote(one: Import, actor: Actor, onProgress: (progress: ImportProgress) => void): Promise<void> {
    const outcome = await this.parts.store.beginPromotion(one.id, one.report);
    if (outcome === 'outdated') {
      const why = 'the exchange was changed, or fetched by another node, meanwhile';
      await this.parts.store.moveTo(one.id, 'failed', one.report, ['reading', 'waiting'], why);
      throw new VigieError('conflict', `${why}; nothing was imported`);
    }
    if (outcome === 'gone') throw new VigieError('conflict', 'the import was cancelled or confirmed meanwhile');
    if (outcome === 'busy')
      throw new VigieError('conflict', `another import of source ${one.source} is being promoted; repeat it afterwards`);
    await this.work(one, actor, onProgress);
  }

  /** Finishes what a dead process began. Only the embedded database promotes in pieces. */
  async resume(one: Import, worker: string): Promise<void> {
    if (await this.parts.store.takeOver(one.id, worker, one.worker)) await this.work(one, system, () => {});
  }

  private async work(one: Import, actor: Actor, onProgress: (progress: ImportProgress) => void): Promise<void> {
    this.working.add(one.id);
    try {
      await this.write(one, actor, onProgress);
    } catch (error) {
      await this.failBecause(one, error);
      return;
    } finally {
      this.working.delete(one.id);
    }
    const { log, follower } = this.parts;
    log.info({ import: one.id, list: one.list, new: one.report.new, ended: one.report.ended }, 'imported');
    await follower.refresh().catch(() => {});
  }

  private async write(one: Import, actor: Actor, onProgress: (progress: ImportProgress) => void): Promise<void> {
    const { promotions, tombstones, prepareBulk } = this.parts;
    const { report } = one;
    const tell = (records: number) => onProgress({ step: 'promoting', records, of: report.records });
    tell(0);
    await prepareBulk(report.new + report.changed);
    const seal: Tombstones['seal'] = (uuid, hashes) => tombstones.seal(uuid, hashes);
    await promotions.promote({ import: one, actor, report, seal, onProgress: tell });
  }

  /** @throws `error` if a part may be written already: the job `tidy_imports` then goes on with it. */
  private async failBecause({ id, report }: Import, error: unknown): Promise<void> {
    const { embedded, log, store } = this.parts;
    const isGone = error instanceof VigieError && error.code === 'not_found';
    if (embedded && !isGone) throw error;
    log.warn({ import: id, err: error }, 'an import failed');
    const why = error instanceof VigieError ? error.detail : 'the database refused it; the log of this process says why';
    await store.moveTo(id, 'failed', report, ['promoting'], why);
  }
}
