/** What a person may do with an entry. */
import { call } from '../../api/call.ts';
import type { Entry } from './entry.ts';

export type Act = 'confirm' | 'reject' | 'dispute' | 'release' | 'withdraw' | 'restore';

/** Answers the entry afterwards. A withdrawal may wait for a second person. */
export function act(name: Act, id: string, reason: string, byVictim: boolean, idempotencyKey: string): Promise<Entry> {
  const given = { path: { id }, idempotencyKey };
  switch (name) {
    case 'confirm':
      return call('POST /v1/entries/{id}/confirm', { ...given, body: reason ? { reason } : {} });
    case 'withdraw':
      return call('POST /v1/entries/{id}/withdraw', { ...given, body: byVictim ? { reason, byVictim } : { reason } });
    default:
      return call(`POST /v1/entries/{id}/${name}`, { ...given, body: { reason } });
  }
}
