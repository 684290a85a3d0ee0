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

  constructor(
    private readonly imports: Imports,
    /** For uploaded files, which hold hashes. */
    readonly folder: string,
    private readonly log: Pick<Logger, 'warn'>,
  ) {}

  /** @throws VigieError `overloaded`. */
  assertRoom(): void {
    if (this.running.size < atOnce) return;
    throw new VigieError('overloaded', `this node works on ${atOnce} imports already; retry`, retryAfterSeconds);
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
    const left = names.filter((name) => !isRunning(Number(name.split('-')[0])));
    await Promise.all(left.map((name) => rm(join(this.folder, name), { force: true })));
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }
}
