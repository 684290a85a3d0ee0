import { emptyReport, type ImportReport, type Problem } from '../../domain/import.js';
import { describePosition, type ReadItem } from '../../formats/format.js';
import type { ImportStore, StagedRecord } from '../../store/imports.js';
import { isUnknownClass, type Judged, type LeftOut, type RecordJudge } from './record-judge.js';

/** About 1 MB per statement. */
const recordsAtOnce = 2_000;
const maxProblems = 100;
const maxKinds = 50;

type Counts = { -readonly [Name in keyof ImportReport]: ImportReport[Name] };

/** Judges the records of a file or an exchange, counts them and stages them. */
export class RecordStager {
  private readonly counts: Counts = { ...emptyReport };
  private readonly unsupported: Record<string, number> = {};
  private readonly problems: Problem[] = [];
  private batch: StagedRecord[] = [];
  private staged = 0;
  private takenBack = 0;
  /** One batch is written while the next one is read. */
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly id: string,
    private readonly judge: RecordJudge,
    private readonly store: Pick<ImportStore, 'stage'>,
  ) {}

  get report(): ImportReport {
    return { ...this.counts, unsupported: { ...this.unsupported }, problems: [...this.problems] };
  }

  /** The counts so far, not copied. */
  get progress(): ImportReport {
    return this.counts;
  }

  /** Records that their source took back. */
  get withdrawn(): number {
    return this.takenBack;
  }

  async add(items: readonly ReadItem[]): Promise<void> {
    for (let at = 0; at < items.length; at += recordsAtOnce) await this.addSome(items.slice(at, at + recordsAtOnce));
  }

  private async addSome(items: readonly ReadItem[]): Promise<void> {
    const judged = await Promise.all(items.map((item) => this.judgementOf(item)));
    for (const [at, item] of items.entries()) {
      const judgement = judged[at];
      if (!judgement) continue;
      this.count(item, judgement);
      const staged = 'staged' in judgement ? judgement.staged : this.insteadOf(item, judgement);
      if (!staged) continue;
      this.batch.push({ ...staged, number: ++this.staged });
      if (this.batch.length >= recordsAtOnce) await this.flush();
    }
  }

  /** Writes what waits. */
  async end(): Promise<void> {
    await this.flush();
    await this.writing;
  }

  /** Nothing is written after this: a batch that arrived after the records are forgotten would stay. */
  async abandon(): Promise<void> {
    this.batch = [];
    await this.writing.catch(() => {});
  }

  /** The record no longer says what it said before. A record that cannot be read says nothing, so its claim stays. */
  private insteadOf(item: ReadItem, { because, unfit }: LeftOut): Omit<StagedRecord, 'number'> | undefined {
    // An entry that looks like harmless content stays for a person, who may find that the harmless list is wrong.
    const saysNothing = because === 'knownGood' || (because === 'invalid' && !unfit);
    if (saysNothing || item.kind !== 'listed' || item.sourceId === null) return undefined;
    const judged = this.judge.withdrawn({ kind: 'withdrawn', at: item.at, sourceId: item.sourceId, hashes: [] });
    return 'staged' in judged ? judged.staged : undefined;
  }

  private async judgementOf(item: ReadItem): Promise<Judged> {
    if (item.kind === 'invalid') return { because: 'invalid', reason: item.reason };
    const refused = this.judge.refuses(item);
    if (refused) return { because: 'invalid', reason: refused };
    return item.kind === 'listed' ? this.judge.listed(item) : this.judge.withdrawn(item);
  }

  private count(item: ReadItem, judgement: Judged): void {
    const { counts, unsupported, problems } = this;
    counts.records++;
    if (item.kind === 'withdrawn') this.takenBack++;
    if (item.kind === 'listed') {
      for (const kind of item.unsupported) {
        const shown = this.nameOf(kind);
        unsupported[shown] = (unsupported[shown] ?? 0) + 1;
      }
      if (item.skippedImageData) counts.imageDataSkipped++;
    }
    if ('staged' in judgement) {
      counts.hashes += judgement.staged.hexes.length;
      if (judgement.nearKnownGood) counts.nearKnownGood++;
      if (item.kind === 'listed' && isUnknownClass(item)) counts.unknownClass++;
      return;
    }
    counts[judgement.because]++;
    if (problems.length < maxProblems) problems.push({ at: describePosition(item.at), reason: judgement.reason });
  }

  /** The name comes from the file, which may have a hash in its place. */
  private nameOf(kind: string): string {
    if (/^[a-z][\w.-]*$/.test(kind) && !/[0-9a-f]{16}|\w{25}/.test(kind)) {
      if (Object.hasOwn(this.unsupported, kind) || Object.keys(this.unsupported).length < maxKinds) return kind;
    }
    return 'other';
  }

  private async flush(): Promise<void> {
    const { batch } = this;
    await this.writing;
    if (batch.length === 0) return;
    this.batch = [];
    this.writing = this.store.stage(this.id, batch);
    // Whoever waits for it next gets the error.
    this.writing.catch(() => {});
  }
}
