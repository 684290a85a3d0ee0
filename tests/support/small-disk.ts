/** A file system of 64 KiB, in the place of a folder. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  unmount(): void;
}

export function mountSmallDisk(folder: string): SmallDisk {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['--types', 'tmpfs', '--options', 'size=64k', 'tmpfs', folder], { stdio: 'pipe' });
  return { unmount: () => void execFileSync('umount', ['--lazy', folder]) };
}

/** Root on Linux may, outside most containers. */
export function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'vigie-mount-'));
  try {
    mountSmallDisk(folder).unmount();
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
