import { rm } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { MemoryIndex } from '../../index/memory.js';
import { type SnapshotHeader, SnapshotRefused } from '../../index/snapshot-format.js';
import { readSnapshot } from '../../index/snapshot-reader.js';
import { partialOf, writeSnapshot } from '../../index/snapshot-writer.js';
import type { FeedPosition } from '../../store/changes.js';

const hourMs = 3_600_000;
/** Rewritten even where no entry changed: the feed is pruned some day, and must still reach back to the file's position. */
const oldestMs = 24 * hourMs;
/** A file that cannot be rewritten is deleted before a hash withdrawn since has stayed on the disk for a day. */
const deleteAfterMs = 22 * hourMs;

/** A place in the feed all of whose changes the index reflects, and the newest of them. */
export type Stamp = Pick<SnapshotHeader, 'position' | 'version'>;

export interface SnapshotParts {
  readonly index: MemoryIndex;
  readonly path: string;
  /** 32 bytes; absent: files are not sealed. */
  readonly key: Uint8Array | undefined;
  /** False for a command beside a server: the file is the server's to write. */
  readonly writes: boolean;
  readonly log: Logger;
  /** How often a changed index is written; an hour unless told. */
  readonly everyMs?: number;
}

/**
 * Keeps a file from which the memory index is there again seconds after a start. Writing never fails a caller: what goes wrong is logged,
 * and the next start reads the database.
 */
export class Snapshots {
  private stamp: (() => Stamp | undefined) | undefined;
  /** What the file on the disk lacks, and since when (performance.now) it may hold a withdrawn hash. */
  private changed = false;
  private withdrawnAt: number | undefined;
  private writtenAt = performance.now();
  private writing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: SnapshotParts) {}

  /**
   * Fills the index from the file when it is whole and of the database at `now`; gives where the feed goes on. Undefined: load the
   * index from the database, whatever it holds by now.
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
      // It may hold what was withdrawn since: like any withdrawal, that must leave the disk.
      this.note({ withdrawn: true });
      const reason = error instanceof SnapshotRefused ? { reason: error.message } : { err: error };
      log.warn(reason, 'the snapshot is not used: loading from the database');
      return undefined;
    }
  }

  /** From now on writes the file when it is due. `stamp` gives where the index stands; undefined: it is not complete. */
  follow(stamp: () => Stamp | undefined): void {
    this.stamp = stamp;
    if (!this.parts.writes) return;
    this.timer = setInterval(() => void this.writeIfDue(), this.parts.everyMs ?? hourMs);
    this.timer.unref();
    // At once: a load from the database spares the next one, and nodes that never live for an hour must not keep a withdrawn hash for ever.
    if (this.withdrawnAt !== undefined) void this.write();
  }

  /** To be told when the index was loaded from the database: the file on the disk is of no more use. */
  noteLoad(): void {
    this.note({ withdrawn: true });
    if (this.stamp) void this.write();
  }

  /** To be called in the same turn as the index changes. */
  note({ withdrawn }: { withdrawn: boolean }): void {
    this.changed = true;
    if (withdrawn) this.withdrawnAt ??= performance.now();
  }

  /** Writes the file, after the writing under way if any. Resolves in any case. */
  async write(): Promise<void> {
    while (this.writing) await this.writing;
    if (!this.parts.writes) return;
    this.writing = this.writeNow().finally(() => {
      this.writing = undefined;
    });
    await this.writing;
  }

  /** Writes what changed since the last time. The feed must have ended, the index not. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.writing;
    if (this.changed) await this.write();
  }

  private async writeIfDue(): Promise<void> {
    const isOld = performance.now() - this.writtenAt >= oldestMs;
    if (!this.writing && (this.changed || isOld)) await this.write();
  }

  private async writeNow(): Promise<void> {
    const { index, path, key, log } = this.parts;
    const startedAt = performance.now();
    // The position first: what changes from now on is applied again by whoever loads the file.
    const stamp = this.stamp?.();
    if (!stamp) return this.deleteIfOverdue();
    const { withdrawnAt } = this;
    this.changed = false;
    this.withdrawnAt = undefined;
    try {
      const { names, slices } = index.snapshot();
      await writeSnapshot(path, { ...stamp, ...names }, slices, key);
      this.writtenAt = startedAt;
      log.info({ hashes: index.size, ms: Math.round(performance.now() - startedAt) }, 'snapshot written');
    } catch (error) {
      this.changed = true;
      this.withdrawnAt = withdrawnAt ?? this.withdrawnAt;
      log.error({ err: error }, 'the snapshot could not be written');
      await this.deleteIfOverdue();
    }
  }

  private async deleteIfOverdue(): Promise<void> {
    const { path, log } = this.parts;
    if (this.withdrawnAt === undefined || performance.now() - this.withdrawnAt < deleteAfterMs) return;
    await rm(path, { force: true }).then(
      () => log.warn('the snapshot is deleted: it may hold withdrawn hashes and cannot be rewritten'),
      (error: unknown) => log.error({ err: error }, 'the snapshot may hold withdrawn hashes and cannot be deleted'),
    );
  }
}

/** A database whose transactions do not reach up to the snapshot's has lost some of them, and gives their ordinals to others. */
function checkPosition(position: FeedPosition, now: FeedPosition): void {
  if (position.epoch !== now.epoch) throw new SnapshotRefused('the file is of another database, or of before a restore');
  if (nextTransaction(position) > nextTransaction(now)) throw new SnapshotRefused('the database is older than the file');
}

/** `xmax` of a snapshot `xmin:xmax:open`. */
function nextTransaction({ snapshot }: FeedPosition): bigint {
  return BigInt(snapshot.split(':')[1] ?? '0');
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
