import { rm } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { MemoryIndex } from '../../index/memory.js';
import { type SnapshotHeader, SnapshotRefused } from '../../index/snapshot-format.js';
import { readSnapshot } from '../../index/snapshot-reader.js';
import { partialOf, writeSnapshot } from '../../index/snapshot-writer.js';
import type { FeedPosition } from '../../store/changes.js';

const hourMs = 3_600_000;
/** Even if no entry changed, because the feed is pruned. */
const rewriteAfterMs = 24 * hourMs;
/** A withdrawn hash must not stay on the disk for a day. */
const deleteAfterMs = 22 * hourMs;

export type Stamp = Pick<SnapshotHeader, 'position' | 'version'>;

export interface SnapshotParts {
  readonly index: MemoryIndex;
  readonly path: string;
  /** 32 bytes; seals the file. */
  readonly key: Uint8Array | undefined;
  /** False for a command beside a server. */
  readonly writes: boolean;
  readonly log: Logger;
}

/** Keeps a file that fills the memory index in seconds. Errors are only logged. */
export class Snapshots {
  private stamp: (() => Stamp | undefined) | undefined;
  private changed = false;
  /** Since then (performance.now) the file may hold a withdrawn hash. */
  private withdrawnAt: number | undefined;
  private writtenAt = performance.now();
  private writing: Promise<void> | undefined;
  /** Why the last write failed. */
  private failure: unknown;

  constructor(private readonly parts: SnapshotParts) {}

  /**
   * Fills the index if the file is whole and belongs to the database at `now`. Returns undefined if it does not; the index may
   * then be half full.
   */
  async load(now: FeedPosition): Promise<Stamp | undefined> {
    const { index, path, key, log, writes } = this.parts;
    try {
      if (writes) await rm(partialOf(path), { force: true });
      return await readSnapshot(path, key, async ({ header, records, maxRecords }) => {
        checkPosition(header.position, now);
        await index.restore(header, records, maxRecords);
        return { position: header.position, version: header.version };
      });
    } catch (error) {
      if (isAbsent(error)) return undefined;
      this.note({ withdrawn: true });
      const reason = error instanceof SnapshotRefused ? { reason: error.message } : { err: error };
      log.warn(reason, 'snapshot not used; loading from the database');
      return undefined;
    }
  }

  /** `stamp` returns undefined while the index is incomplete. */
  follow(stamp: () => Stamp | undefined): void {
    this.stamp = stamp;
    if (!this.parts.writes) return;
    // Now, because a node may stop before its first hourly write.
    if (this.withdrawnAt !== undefined) void this.write();
  }

  noteLoad(): void {
    this.note({ withdrawn: true });
    if (this.stamp) void this.write();
  }

  /** Call it synchronously with each change of the index. */
  note({ withdrawn }: { withdrawn: boolean }): void {
    this.changed = true;
    if (withdrawn) this.withdrawnAt ??= performance.now();
  }

  /** Never rejects. */
  async write(): Promise<void> {
    while (this.writing) await this.writing;
    if (!this.parts.writes) return;
    this.writing = this.writeNow().finally(() => {
      this.writing = undefined;
    });
    await this.writing;
  }

  /** Close the follower before this, and the index after it. */
  async close(): Promise<void> {
    await this.writing;
    if (this.changed) await this.write();
  }

  /** Writes the file if the index changed or the file is old. @throws the reason if the file could not be written. */
  async writeIfDue(): Promise<void> {
    const isOld = performance.now() - this.writtenAt >= rewriteAfterMs;
    if (!this.stamp || this.writing || !(this.changed || isOld)) return;
    await this.write();
    if (this.failure) throw this.failure;
  }

  private async writeNow(): Promise<void> {
    const { index, path, key, log } = this.parts;
    const startedAt = performance.now();
    // Taken first: a node that loads the file applies all later changes again.
    const stamp = this.stamp?.();
    if (!stamp) return this.deleteIfOverdue();
    const { withdrawnAt } = this;
    this.changed = false;
    this.withdrawnAt = undefined;
    this.failure = undefined;
    try {
      const { names, slices } = index.snapshot();
      await writeSnapshot(path, { ...stamp, ...names }, slices, key);
      this.writtenAt = startedAt;
      log.info({ hashes: index.size, ms: Math.round(performance.now() - startedAt) }, 'snapshot written');
    } catch (error) {
      this.changed = true;
      this.failure = error;
      this.withdrawnAt = withdrawnAt ?? this.withdrawnAt;
      log.error({ err: error }, 'snapshot could not be written');
      await this.deleteIfOverdue();
    }
  }

  private async deleteIfOverdue(): Promise<void> {
    const { path, log } = this.parts;
    if (this.withdrawnAt === undefined || performance.now() - this.withdrawnAt < deleteAfterMs) return;
    await rm(path, { force: true }).then(
      () => log.warn('snapshot deleted: it could hold withdrawn hashes and could not be rewritten'),
      (error: unknown) =>
        log.error({ err: error, file: path }, 'snapshot could not be deleted and may hold withdrawn hashes; delete the file'),
    );
  }
}

/** A database that lost transactions gives their ordinals to other hashes. */
function checkPosition(position: FeedPosition, now: FeedPosition): void {
  if (position.epoch !== now.epoch) throw new SnapshotRefused('the file belongs to another database, or to one restored since');
  if (nextTransaction(position) > nextTransaction(now)) throw new SnapshotRefused('the database is older than the file');
}

/** `xmax` of a snapshot `xmin:xmax:open`. */
function nextTransaction({ snapshot }: FeedPosition): bigint {
  return BigInt(snapshot.split(':')[1] ?? '0');
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
