import { CanaryWatch } from '../../src/service/exports/canary-watch.js';

/** Without a log, and without canaries at first. */
export function quietCanaryWatch(): CanaryWatch {
  return new CanaryWatch({ log: { warn() {} }, record: async () => {} });
}
