import { hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { VigieError } from '../../domain/errors.js';
import { type Caller, type KeyRecord, parseKey } from '../../domain/key.js';

const sha256 = (text: string) => hash('sha256', text, 'buffer');

/** A new key: its text, shown once, and what is stored of it. */
export function mintKey(): { id: string; key: string; secretSha256: Uint8Array } {
  const id = Array.from({ length: 12 }, () => randomInt(36).toString(36)).join('');
  const secret = randomBytes(32).toString('hex');
  return { id, key: `vig_${id}_${secret}`, secretSha256: sha256(secret) };
}

/**
 * All keys, in memory: neither a valid nor an unknown key costs a database call. Kept current by the change feed.
 */
export class KeyCache {
  private readonly keys = new Map<string, KeyRecord>();
  /** Compared with where the id is unknown, so that an unknown id takes as long as a wrong secret. */
  private readonly nobody = sha256(randomBytes(32).toString('hex'));

  replaceAll(records: readonly KeyRecord[]): void {
    this.keys.clear();
    this.put(records);
  }

  put(records: readonly KeyRecord[]): void {
    for (const record of records) this.keys.set(record.id, record);
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.keys.delete(id);
  }

  /**
   * Who holds the key of an `Authorization` header.
   *
   * @throws VigieError `unauthorized`: no key, a malformed, unknown, wrong, expired, revoked or unconfirmed one. The answer does not say which of
   * them an unproven key is.
   */
  authenticate(authorization: string | undefined, now: number): Caller {
    const parsed = parseKey(authorization?.replace(/^Bearer +/i, '') ?? '');
    if (!parsed) throw new VigieError('unauthorized', 'send "Authorization: Bearer vig_<id>_<secret>"');
    const record = this.keys.get(parsed.id);
    const proven = timingSafeEqual(sha256(parsed.secret), record?.secretSha256 ?? this.nobody);
    if (!record || !proven) throw new VigieError('unauthorized', 'this API key is not known here');
    if (record.revokedAt) throw new VigieError('unauthorized', `key ${record.id} was revoked`);
    if (record.expiresAt && record.expiresAt.getTime() <= now) {
      throw new VigieError('unauthorized', `key ${record.id} expired at ${record.expiresAt.toISOString()}`);
    }
    if (!record.confirmed) {
      throw new VigieError('unauthorized', `key ${record.id}, or its organisation, waits for a second operator to confirm it`);
    }
    const { organisation, person, role, trust, quotaMinute, quotaDay } = record;
    return { key: record.id, organisation, person, role, trust, quotaMinute, quotaDay };
  }
}
