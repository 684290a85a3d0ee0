import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../../domain/actor.js';
import { emptyReport, type Import, type ImportState } from '../../domain/import.js';
import type { ImportStore, NewImport } from '../../store/imports.js';
import { lives, newWorker } from './import-worker.js';

const hearEveryMs = 5_000;
const ended: ReadonlySet<ImportState> = new Set(['promoted', 'checked', 'failed', 'cancelled']);

/** The imports whose records this process reads now. */
export class OpenImports {
  readonly worker = newWorker();
  private readonly hearts = new Map<string, NodeJS.Timeout>();

  constructor(private readonly store: ImportStore) {}

  /** @returns its id */
  async begin(given: Omit<NewImport, 'id' | 'worker'>, who: Pick<Actor, 'organisation' | 'person'>): Promise<string> {
    const id = uuidv7();
    await this.store.begin({ ...given, id, worker: this.worker }, who, emptyReport);
    this.hearts.set(
      id,
      setInterval(() => void this.store.hear(id).catch(() => {}), hearEveryMs),
    );
    return id;
  }

  /** The records of an import that waits stay. */
  async end(id: string): Promise<void> {
    clearInterval(this.hearts.get(id));
    this.hearts.delete(id);
    await this.forgetIfEnded(id);
  }

  /** True: a process reads it. */
  isRead(one: Import): boolean {
    return one.worker === this.worker ? this.hearts.has(one.id) : lives(one);
  }

  async forgetIfEnded(id: string): Promise<void> {
    const one = await this.store.get(id);
    if (!one || ended.has(one.state)) await this.store.forgetRecords(id);
  }
}
