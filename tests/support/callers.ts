/** Callers as the keyring gives them, and what they are told. */
import type { Caller } from '../../src/domain/key.js';
import { EnumerationGuard } from '../../src/service/abuse/enumeration-guard.js';
import { OrganisationCache } from '../../src/service/accounts/organisation-cache.js';
import { MatchDisclosure } from '../../src/service/matching/match-disclosure.js';

/** A platform whose key says nothing of quotas. */
export function platform(changes: Partial<Caller> = {}): Caller {
  const key = { key: 'testplatform', organisation: 'tests', person: 1, role: 'platform' } as const;
  return { ...key, trust: 'full', quotaMinute: null, quotaDay: null, ...changes };
}

/** Tells whole verdicts, whatever is asked. */
export function tellAll(): MatchDisclosure {
  const limits = { alertAt: 0, bandsAt: 0 };
  const guard = new EnumerationGuard({ limits, key: new Uint8Array(32), log: { warn() {} }, record: async () => {} });
  return new MatchDisclosure({ guard, organisationCache: new OrganisationCache() });
}
