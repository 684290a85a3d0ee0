import { hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { VigieError } from '../../domain/errors.js';
import { type Caller, type KeyRecord, parseKey } from '../../domain/key.js';

const sha256 = (text: string) => hash('sha256', text, 'buffer');

/** `key` is shown once; only `secretSha256` is stored. */
export function mintKey(): { id: string; key: string; secretSha256: Uint8Array } {
  const id = Array.from({ length: 12 }, () => randomInt(36).toString(36)).join('');
  const secret = randomBytes(32).toString('hex');
  return { id, key: `vig_${id}_${secret}`, secretSha256: sha256(secret) };
}

/** The change feed keeps the keys current. */
export class KeyCache {
  private readonly keys = new Map<string, KeyRecord>();
  /** Makes an unknown id take as long as a wrong secret. */
  private readonly dummyHash = sha256(randomBytes(32).toString('hex'));

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

  /** @throws VigieError `unauthorized`, which reveals the state of a key only to a caller with its secret. */
  authenticate(authorization: string | undefined, now: number): Caller {
    const parsed = parseKey(authorization?.replace(/^Bearer +/i, '') ?? '');
    if (!parsed) throw new VigieError('unauthorized', 'send "Authorization: Bearer vig_<id>_<secret>"');
    const record = this.keys.get(parsed.id);
    const proven = timingSafeEqual(sha256(parsed.secret), record?.secretSha256 ?? this.dummyHash);
    if (!record || !proven) throw new VigieError('unauthorized', 'unknown API key');
    refuseEnded(record, now);
    return callerWith(record);
  }

  /** Whom a session acts as. @throws VigieError `unauthorized`. */
  callerOf(id: string, now: number): Caller {
    return callerWith(this.usable(id, now));
  }

  /** Of a request that began a while ago. @throws VigieError `unauthorized`. */
  assertUsable(id: string, now: number): void {
    this.usable(id, now);
  }

  private usable(id: string, now: number): KeyRecord {
    const record = this.keys.get(id);
    if (!record) throw new VigieError('unauthorized', `key ${id} is unknown`);
    refuseEnded(record, now);
    return record;
  }
}

function callerWith({ id: key, organisation, person, role, trust, quotaMinute, quotaDay }: KeyRecord): Caller {
  return { key, organisation, person, role, trust, quotaMinute, quotaDay };
}

function refuseEnded(record: KeyRecord, now: number): void {
  if (record.revokedAt) throw new VigieError('unauthorized', `key ${record.id} was revoked`);
  if (record.expiresAt && record.expiresAt.getTime() <= now) {
    throw new VigieError('unauthorized', `key ${record.id} expired at ${record.expiresAt.toISOString()}`);
  }
  if (!record.confirmed) {
    throw new VigieError('unauthorized', `key ${record.id}, or its organisation, waits for a second operator to confirm it`);
  }
}
