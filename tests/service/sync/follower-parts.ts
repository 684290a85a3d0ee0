/** A node whose stores a test can hold up or make fail. */

import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { HashIndex } from '../../../src/index/hash-index.js';
import { MemoryIndex } from '../../../src/index/memory.js';
import type { IndexWorkerPool } from '../../../src/index/worker-pool.js';
import { KeyCache } from '../../../src/service/accounts/key-cache.js';
import { OrganisationCache } from '../../../src/service/accounts/organisation-cache.js';
import type { CanaryWatch } from '../../../src/service/exports/canary-watch.js';
import { ListCache } from '../../../src/service/lists/list-cache.js';
import { EntryNames } from '../../../src/service/matching/entry-names.js';
import { EntryPseudonyms } from '../../../src/service/matching/entry-pseudonyms.js';
import { ChangeFeedFollower } from '../../../src/service/sync/change-feed-follower.js';
import { ChangeStore, type FeedPosition, type PartOfPage } from '../../../src/store/changes.js';
import { HashStore } from '../../../src/store/hashes.js';
import { quietCanaryWatch } from '../../support/canary-watch.js';
import { testDataKey } from '../../support/data-key.js';
import type { OwnDatabase } from '../../support/own-database.js';

export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

/** A rejected promise that counts as handled. */
export function failing(error: Error): Promise<never> {
  const failed = Promise.reject(error);
  failed.catch(() => {});
  return failed;
}

/** Reads the database, then waits before it returns the rows. */
export class HeldHashes extends HashStore {
  holdCurrent: Promise<void> | undefined;
  holdPages: Promise<void> | undefined;
  /** Called once rows were read. */
  read = () => {};

  override async current(uuids: readonly string[]) {
    const result = await super.current(uuids);
    this.read();
    await this.holdCurrent;
    return result;
  }

  override async *pages(pageSize?: number) {
    this.read();
    await this.holdPages;
    yield* super.pages(pageSize);
  }
}

/** Fails while `failure` is set. */
export class FailingChanges extends ChangeStore {
  failure: Error | undefined;

  override async deleteForeign() {
    if (this.failure) throw this.failure;
    return super.deleteForeign();
  }

  override async since(position: FeedPosition, part?: PartOfPage) {
    if (this.failure) throw this.failure;
    return super.since(position, part);
  }
}

export interface Node {
  readonly follower: ChangeFeedFollower;
  readonly index: HashIndex;
  readonly keyCache: KeyCache;
  readonly listCache: ListCache;
  readonly organisationCache: OrganisationCache;
  readonly canaryWatch: CanaryWatch;
  readonly hashes: HeldHashes;
  readonly changes: FailingChanges;
  readonly log: string[];
  found(hex: string): Promise<string[]>;
}

export function makeNode({ database, stores }: OwnDatabase, workers: IndexWorkerPool): Node {
  const log: string[] = [];
  const lines = new Writable({
    write(chunk: Buffer, _, done) {
      log.push((JSON.parse(chunk.toString()) as { msg: string }).msg);
      done();
    },
  });
  const parts = {
    index: new MemoryIndex(workers),
    keyCache: new KeyCache(),
    listCache: new ListCache(),
    organisationCache: new OrganisationCache(),
    canaryWatch: quietCanaryWatch(),
    hashes: new HeldHashes(database),
    // So that most readings take several pages.
    changes: new FailingChanges(database, 3),
  };
  const follower = new ChangeFeedFollower({ ...stores, ...parts, log: pino(lines), maxAgeMs: 900_000 });
  return {
    ...parts,
    follower,
    log,
    found: async (hex) => ((await parts.index.search('pdq', [hex], 0))[0] ?? []).map(({ entry }) => entry.id),
  };
}

export const silentLog = pino({ level: 'silent' });

/** For a matcher. */
export function matching({ listCache }: Pick<Node, 'listCache'>) {
  const names = new EntryNames(listCache, new EntryPseudonyms(testDataKey));
  const nothing = { floodGuard: { note() {} }, queryRetention: { offer() {} }, legalRequestCache: { obligationsFor: () => [] } };
  return { names, ...nothing };
}
