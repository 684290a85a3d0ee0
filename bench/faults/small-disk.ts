/** A file system of its own that can be filled. Linux only, as root. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const chunk = Buffer.alloc(1024 * 1024, 'x');
const smallest = 512;

export class SmallDisk {
  readonly path = mkdtempSync(join(tmpdir(), 'vigie-disk-'));
  private readonly ballast = join(this.path, 'ballast');
  private readonly unmount = () => execFileSync('umount', ['--lazy', this.path]);

  constructor(megabytes: number) {
    execFileSync('mount', ['--types', 'tmpfs', '--options', `size=${megabytes}m,mode=0755`, 'tmpfs', this.path]);
    process.once('exit', this.unmount);
  }

  /** Leaves no byte free. */
  fill(): void {
    const file = openSync(this.ballast, 'a');
    for (let size = chunk.length; size >= smallest; ) {
      try {
        writeSync(file, chunk, 0, size);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        size /= 2;
      }
    }
    closeSync(file);
  }

  free(): void {
    rmSync(this.ballast, { force: true });
  }

  remove(): void {
    process.removeListener('exit', this.unmount);
    this.unmount();
    rmSync(this.path, { recursive: true, force: true });
  }
}
