/** Who may use the service (organisations, keys and sessions), and what operators see of it. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { ServiceOptions } from './installation.js';
import type { KeyCache } from './service/accounts/key-cache.js';
import { OrganisationsAndKeys } from './service/accounts/organisations-and-keys.js';
import { Sessions } from './service/accounts/sessions.js';
import { NodeReports } from './service/operations/node-reports.js';
import { Operations } from './service/operations/operations.js';
import type { ChangeFeedFollower } from './service/sync/change-feed-follower.js';
import type { Stores } from './store/stores.js';

interface Parts {
  readonly options: ServiceOptions;
  readonly stores: Stores;
}

interface Memory {
  readonly keyCache: KeyCache;
  readonly follower: ChangeFeedFollower;
}

export function wireOperators({ options, stores }: Parts, { keyCache, follower }: Memory) {
  const { config, log } = options;
  return {
    accounts: new OrganisationsAndKeys(stores.organisations, stores.keys, () => follower.refresh()),
    sessions: new Sessions({ store: stores.sessions, keyCache, idleMinutes: config.VIGIE_SESSION_IDLE_MINUTES, log }),
    nodeReports: new NodeReports(`${hostname()}-${randomBytes(3).toString('hex')}`, stores.nodes),
    operations: new Operations(stores),
  };
}
