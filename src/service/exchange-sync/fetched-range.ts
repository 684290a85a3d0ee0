import { system } from '../../domain/actor.js';
import type { StoredExchange } from '../../domain/exchange.js';
import type { Import, ImportReport } from '../../domain/import.js';
import type { List } from '../../domain/list.js';
import type { ReadItem } from '../../formats/format.js';
import type { FetchedImportStore } from '../../store/fetched-imports.js';
import type { ImportStore } from '../../store/imports.js';
import type { KnownGood } from '../entries/known-good.js';
import type { Tombstones } from '../entries/tombstones.js';
import type { ImportPromoter } from '../imports/import-promoter.js';
import type { OpenImports } from '../imports/open-imports.js';
import { RecordJudge } from '../imports/record-judge.js';
import { RecordStager } from '../imports/record-stager.js';

export interface RangeParts {
  readonly imports: ImportStore;
  readonly fetched: FetchedImportStore;
  readonly open: OpenImports;
  readonly promoter: ImportPromoter;
  readonly knownGood: Pick<KnownGood, 'likeness'>;
  readonly tombstones: Tombstones;
}

/** `waiting`: a second person must agree, because many entries would go. Otherwise the new generation of the exchange. */
export type RangeOutcome = 'waiting' | { readonly generation: number };

/** The records of one range of an exchange: staged page by page, then imported together. */
export class FetchedRange {
  private constructor(
    private readonly parts: RangeParts,
    private readonly list: List,
    private readonly id: string,
    private readonly stager: RecordStager,
  ) {}

  static async begin(parts: RangeParts, exchange: StoredExchange, list: List): Promise<FetchedRange> {
    const { id: source, kind, generation } = exchange;
    const given = { list: list.id, source, file: kind, replaces: false, dry: false };
    const id = await parts.open.begin({ ...given, fetchedBy: { exchange: source, generation } }, exchange);
    const { tombstones, knownGood } = parts;
    const judge = new RecordJudge({ list, organisation: list.organisation, tombstones, knownGood });
    return new FetchedRange(parts, list, id, new RecordStager(id, judge, parts.imports));
  }

  get counts() {
    const { records, invalid } = this.stager.progress;
    return { fetched: records, withdrawn: this.stager.withdrawn, refused: invalid };
  }

  async add(items: readonly ReadItem[]): Promise<void> {
    await this.stager.add(items);
  }

  /**
   * Imports the records and moves the checkpoint, in one step.
   *
   * @throws Error when the import failed; its text says why
   */
  async import(everything: boolean, checkpoint: StoredExchange['checkpoint']): Promise<RangeOutcome> {
    const { imports, fetched, open, promoter } = this.parts;
    await this.stager.end();
    const generation = await fetched.endFetching(this.id, everything, checkpoint);
    await imports.tell(this.id, this.stager.report, 'exchange');
    const staged = await this.read();
    const report = { ...this.stager.report, ...(await imports.effect(staged)) };
    if (everything && this.isDoubtful(report, await fetched.missing(staged))) {
      await imports.moveTo(this.id, 'waiting', report, ['reading']);
      await open.end(this.id);
      return 'waiting';
    }
    await promoter.promote({ ...staged, report }, system, () => {});
    const { state, failure } = await this.read();
    await open.end(this.id);
    if (state !== 'promoted') throw new Error(failure ?? `the import of the records is ${state}`);
    return { generation };
  }

  /** What the service withdraws by name counts. What is only missing may be missing by mistake. */
  private isDoubtful({ records, invalid }: ImportReport, missing: number): boolean {
    const isSuspect = missing > 0 && (records === 0 || invalid > 0);
    return isSuspect || missing > this.list.limits.withdrawalsAnHour;
  }

  /** Nothing of it remains, and the range is fetched again. */
  async abandon(): Promise<void> {
    await this.stager.abandon();
    const why = 'the exchange broke off; the range is fetched again';
    try {
      await this.parts.imports.moveTo(this.id, 'failed', this.stager.report, ['reading'], why);
    } finally {
      // Also without a database: others must see that nobody reads it.
      await this.parts.open.end(this.id);
    }
  }

  private async read(): Promise<Import> {
    const one = await this.parts.imports.get(this.id);
    if (!one) throw new Error('the import of the records is gone');
    return one;
  }
}
