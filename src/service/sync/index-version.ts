import { createHash } from 'node:crypto';
import { VigieError } from '../../domain/errors.js';
import type { FeedPosition } from '../../store/changes.js';

/** `epoch.xmin:xmax:xip,xip`: which database, and which of its transactions are in the index. Clients only hand it back. */
const pattern = /^([0-9a-f]{8})\.(\d{1,20}):(\d{1,20}):((?:\d{1,20}(?:,\d{1,20}){0,999})?)$/;

interface Snapshot {
  readonly epoch: string;
  /** The first transaction that may not be visible, and those after it that are running. */
  readonly end: bigint;
  readonly running: ReadonlySet<bigint>;
}

export function versionOf({ epoch, snapshot }: FeedPosition): string {
  return `${shortEpoch(epoch)}.${snapshot}`;
}

/** The epoch is the name of the database server, which is nobody's business. */
export function shortEpoch(epoch: string): string {
  return createHash('sha256').update(epoch).digest('hex').slice(0, 8);
}

/** @throws VigieError `bad_request`. */
export function parseVersion(version: string): Snapshot {
  const [, epoch, , end, running] = pattern.exec(version) ?? [];
  if (epoch === undefined || end === undefined || running === undefined) {
    throw new VigieError('bad_request', 'If-Index-Version: send the value of Vigie-Index-Version, unchanged');
  }
  return { epoch, end: BigInt(end), running: new Set(running === '' ? [] : running.split(',').map(BigInt)) };
}

/** True when everything that was visible at `wanted` is visible at `reached`. @throws VigieError `conflict` on another database. */
export function covers(reached: FeedPosition, wanted: Snapshot): boolean {
  const { epoch, end, running } = parseVersion(versionOf(reached));
  if (epoch !== wanted.epoch) {
    throw new VigieError('conflict', 'If-Index-Version: the database was restored or replaced since; match without the header');
  }
  if (end < wanted.end) return false;
  for (const transaction of running) if (transaction < wanted.end && !wanted.running.has(transaction)) return false;
  return true;
}
