/** Which process works on an import, and whether it still lives. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Import } from '../../domain/import.js';

/** Of a process on another machine. */
const silentAfterMs = 60_000;

/** The random part tells a process from an earlier one with the same number, as in a container that was started again. */
export function newWorker(): string {
  return `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;
}

export function lives({ worker, heardAt }: Pick<Import, 'worker' | 'heardAt'>): boolean {
  const [host, pid] = worker.split(':');
  if (host !== hostname()) return heardAt.getTime() > Date.now() - silentAfterMs;
  return Number(pid) !== process.pid && isRunning(Number(pid));
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs under another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
