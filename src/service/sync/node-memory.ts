import type { HashIndex } from '../../index/hash-index.js';
import type { CanaryStore } from '../../store/canaries.js';
import type { Change } from '../../store/changes.js';
import type { HashStore } from '../../store/hashes.js';
import type { KeyStore } from '../../store/keys.js';
import type { ListStore } from '../../store/lists.js';
import type { OrganisationStore } from '../../store/organisations.js';
import type { KeyCache } from '../accounts/key-cache.js';
import type { OrganisationCache } from '../accounts/organisation-cache.js';
import type { CanaryWatch } from '../exports/canary-watch.js';
import type { ListCache } from '../lists/list-cache.js';
import type { Snapshots } from './snapshots.js';

export interface MemoryParts {
  readonly hashes: HashStore;
  readonly keys: KeyStore;
  readonly lists: ListStore;
  readonly organisations: OrganisationStore;
  readonly canaries: CanaryStore;
  readonly index: HashIndex;
  /** Absent with the engine pgvector. */
  readonly snapshots?: Snapshots | undefined;
  readonly keyCache: KeyCache;
  readonly listCache: ListCache;
  readonly organisationCache: OrganisationCache;
  readonly canaryWatch: Pick<CanaryWatch, 'replaceAll'>;
}

export class NodeMemory {
  constructor(private readonly parts: MemoryParts) {}

  async loadCaches(): Promise<void> {
    const { keys, lists, organisations, canaries, keyCache, listCache, organisationCache, canaryWatch } = this.parts;
    keyCache.replaceAll(await keys.records(null));
    listCache.replaceAll(await lists.all(), await lists.stamps());
    organisationCache.replaceAll(await organisations.all());
    canaryWatch.replaceAll(await canaries.all());
  }

  async loadIndex(): Promise<void> {
    const { hashes, index } = this.parts;
    if (index.engine === 'memory') await index.load(hashes.pages(), await hashes.highestOrdinal());
  }

  async applyToCaches(changes: readonly Change[]): Promise<void> {
    const { keys, lists, canaries, keyCache, listCache, canaryWatch } = this.parts;
    // Whether a key is valid depends on its organisation.
    if (changes.some(({ kind }) => kind === 'organisation')) return this.loadCaches();
    const changed = changes.filter(({ kind }) => kind === 'key').map(({ subject }) => subject);
    if (changed.length > 0) {
      const records = await keys.records(changed);
      keyCache.forget(changed);
      keyCache.put(records);
    }
    if (changes.some(({ kind }) => kind === 'canary')) canaryWatch.replaceAll(await canaries.all());
    if (changes.some(({ kind }) => kind === 'list')) listCache.replaceAll(await lists.all(), await lists.stamps());
  }

  /** Final, because no ordinal is given twice. */
  removeWithdrawn(changes: readonly Change[]): void {
    const withdrawn = changes.flatMap(({ ordinals }) => ordinals ?? []);
    if (withdrawn.length === 0) return;
    this.parts.index.remove(withdrawn);
    this.parts.snapshots?.note({ withdrawn: true });
  }

  async readEntries(uuids: readonly string[], { waitForRoom }: { waitForRoom: boolean }): Promise<void> {
    const { hashes, index, snapshots, listCache } = this.parts;
    for (const { list, at } of await hashes.touched(uuids)) listCache.touch(list, at);
    if (index.engine !== 'memory') return;
    if (waitForRoom) await index.drained();
    for (const entry of await hashes.current(uuids)) index.add(entry);
    snapshots?.note({ withdrawn: false });
  }
}
