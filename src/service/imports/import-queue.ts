import { randomBytes, randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Actor } from '../../domain/actor.js';
import { VigieError } from '../../domain/errors.js';
import { isRunning } from './import-worker.js';
import type { ImportRequest, Imports } from './imports.js';

/** They share the database and one core. */
const atOnce = 2;
const retryAfterSeconds = 30;

/** Runs the imports of uploaded files, and deletes the files. */
export class ImportQueue {
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<unknown>>();
  private uploads = 0;
  /** Tells this process from an earlier one with the same number, as in a container that was started again. */
  private readonly process = `${process.pid}-${randomBytes(4).toString('hex')}`;

  constructor(
    private readonly imports: Imports,
    /** For uploaded files, which hold hashes. */
    readonly folder: string,
    private readonly log: Pick<Logger, 'warn'>,
  ) {}

  /** @throws VigieError `overloaded`. */
  assertRoom(): void {
    if (this.running.size + this.uploads < atOnce) return;
    throw new VigieError('overloaded', `this node works on ${atOnce} imports already; retry`, retryAfterSeconds);
  }

  /** The name of a new file. */
  newPath(): string {
    return join(this.folder, `${this.process}-${randomUUID()}`);
  }

  /** Counts an upload as an import, so that no more come than there is room for. @throws VigieError `overloaded`. */
  async receive<Result>(upload: () => Promise<Result>): Promise<Result> {
    this.assertRoom();
    this.uploads++;
    try {
      return await upload();
    } finally {
      this.uploads--;
    }
  }

  /**
   * Resolves with the id once the import has begun.
   *
   * @throws as `Imports.run` before it begins
   */
  start(actor: Actor, request: ImportRequest): Promise<string> {
    return new Promise((resolve, reject) => {
      const work = this.imports
        .run(actor, request, this.stopping.signal, () => {}, resolve)
        .catch((error: unknown) => {
          this.log.warn({ err: error, list: request.list }, 'an import ended with an error');
          reject(error);
        })
        .finally(() => rm(request.path, { force: true }))
        .finally(() => this.running.delete(work));
      this.running.add(work);
    });
  }

  /** Ends what dead processes left: imports, and uploaded files. */
  async tidy(): Promise<void> {
    await this.imports.tidy();
    const names = await readdir(this.folder).catch(() => []);
    const left = names.filter((name) => !this.isInUse(name));
    await Promise.all(left.map((name) => rm(join(this.folder, name), { force: true })));
  }

  private isInUse(name: string): boolean {
    const pid = Number(name.split('-')[0]);
    return pid === process.pid ? name.startsWith(this.process) : isRunning(pid);
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }
}
