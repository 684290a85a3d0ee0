import { beforeEach, describe, expect, it } from 'vitest';
import type { KeyRecord } from '../../../src/domain/key.js';
import { KeyCache, mintKey } from '../../../src/service/accounts/key-cache.js';

const now = Date.parse('2026-11-23T12:00:00Z');
const { id, key, secretSha256 } = mintKey();
const record: KeyRecord = {
  id,
  organisation: 'tests',
  person: 1,
  role: 'analyst',
  secretSha256,
  expiresAt: null,
  revokedAt: null,
  confirmed: true,
  trust: 'low',
  quotaMinute: 60,
  quotaDay: null,
};
const secret = key.slice(-64);
let keyCache: KeyCache;

beforeEach(() => {
  keyCache = new KeyCache();
  keyCache.put([record]);
});

const authenticate = (text = key) => keyCache.authenticate(`Bearer ${text}`, now);

function refusal(work: () => unknown): { code: string; detail: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'detail' in error)
      return error as unknown as { code: string; detail: string };
  }
  throw new Error('was not refused');
}

describe('mintKey', () => {
  it('makes a key with the documented format', () => {
    expect(key).toMatch(/^vig_[0-9a-z]{12}_[0-9a-f]{64}$/);
  });

  it('never makes the same key twice', () => {
    expect(new Set(Array.from({ length: 100 }, () => mintKey().key)).size).toBe(100);
  });

  it('returns nothing to store that reveals the secret', () => {
    expect(Buffer.from(secretSha256).toString('hex')).not.toContain(secret.slice(0, 8));
  });
});

describe('authenticate', () => {
  it('returns the holder, role and limits of a key', () => {
    expect(authenticate()).toEqual({
      key: id,
      organisation: 'tests',
      person: 1,
      role: 'analyst',
      trust: 'low',
      quotaMinute: 60,
      quotaDay: null,
    });
  });

  it.each([
    ['no header', undefined],
    ['an empty one', ''],
    ['another scheme', `Basic ${key}`],
    ['a key without its last digit', `Bearer ${key.slice(0, -1)}`],
    ['a key with one more digit', `Bearer ${key}0`],
    ['a secret in upper case', `Bearer vig_${id}_${'A'.repeat(64)}`],
    ['two keys', `Bearer ${key} ${key}`],
  ])('refuses %s and says what to send', (_, header) => {
    const { code, detail } = refusal(() => keyCache.authenticate(header, now));
    expect([code, detail]).toEqual(['unauthorized', 'send "Authorization: Bearer vig_<id>_<secret>"']);
  });

  it('answers the same for an unknown id and a wrong secret', () => {
    const wrong = refusal(() => authenticate(`vig_${id}_${'0'.repeat(64)}`));
    const unknown = refusal(() => authenticate(`vig_zzzzzzzzzzzz_${secret}`));
    expect([wrong.code, wrong.detail]).toEqual([unknown.code, unknown.detail]);
  });

  it('refuses a key from its expiry time on', () => {
    keyCache.put([{ ...record, expiresAt: new Date(now) }]);
    expect(refusal(() => authenticate()).detail).toContain(`expired at ${new Date(now).toISOString()}`);
  });

  it('accepts a key until it expires', () => {
    keyCache.put([{ ...record, expiresAt: new Date(now + 1) }]);
    expect(authenticate().key).toBe(id);
  });

  it('refuses a revoked key', () => {
    keyCache.put([{ ...record, revokedAt: new Date(0) }]);
    expect(refusal(() => authenticate()).detail).toBe(`key ${id} was revoked`);
  });

  it('does not reveal that a key is revoked to a caller without its secret', () => {
    keyCache.put([{ ...record, revokedAt: new Date(0) }]);
    expect(refusal(() => authenticate(`vig_${id}_${'0'.repeat(64)}`)).detail).not.toContain('revoked');
  });

  it('refuses a key that was forgotten or replaced', () => {
    keyCache.forget([id]);
    const forgotten = refusal(() => authenticate());
    keyCache.put([record]);
    keyCache.replaceAll([]);
    expect([forgotten.code, refusal(() => authenticate()).code]).toEqual(['unauthorized', 'unauthorized']);
  });

  it('never repeats a secret', () => {
    const states = [{}, { revokedAt: new Date(0) }, { expiresAt: new Date(0) }];
    for (const state of states) {
      keyCache.put([{ ...record, ...state, secretSha256: state === states[0] ? new Uint8Array(32) : secretSha256 }]);
      const error = refusal(() => authenticate());
      expect(`${error} ${JSON.stringify(error)}`).not.toContain(secret.slice(0, 8));
    }
  });
});
