import type { Caller } from '../../src/domain/key.js';
import { EnumerationGuard } from '../../src/service/abuse/enumeration-guard.js';
import { OrganisationCache } from '../../src/service/accounts/organisation-cache.js';
import { MatchDisclosure } from '../../src/service/matching/match-disclosure.js';

export function platform(changes: Partial<Caller> = {}): Caller {
  const key = { key: 'testplatform', organisation: 'tests', person: 1, role: 'platform' } as const;
  return { ...key, trust: 'full', quotaMinute: null, quotaDay: null, ...changes };
}

export function tellAll(): MatchDisclosure {
  const limits = { alertAt: 0, bandsAt: 0 };
  const guard = new EnumerationGuard({ limits, key: new Uint8Array(32), log: { warn() {} }, record: async () => {} });
  const listCache = { rights: () => new Set(['read'] as const) };
  return new MatchDisclosure({ guard, organisationCache: new OrganisationCache(), listCache, key: new Uint8Array(32) });
}
