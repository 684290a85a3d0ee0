import { beforeEach, describe, expect, it } from 'vitest';
import type { KeyRecord } from '../../../src/domain/key.js';
import { type List, type NewList, newList } from '../../../src/domain/list.js';
import { KeyCache, mintKey } from '../../../src/service/accounts/key-cache.js';
import { ListCache, searchRadii } from '../../../src/service/lists/list-cache.js';

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

/** What a refusal says. */
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
  it('makes a key of the form everybody knows', () => {
    expect(key).toMatch(/^vig_[0-9a-z]{12}_[0-9a-f]{64}$/);
  });

  it('never makes the same twice', () => {
    expect(new Set(Array.from({ length: 100 }, () => mintKey().key)).size).toBe(100);
  });

  it('gives nothing to store that tells the secret', () => {
    expect(Buffer.from(secretSha256).toString('hex')).not.toContain(secret.slice(0, 8));
  });
});

describe('authenticate', () => {
  it('says who holds a key, and what it may ask and be told', () => {
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
    ['a key cut short', `Bearer ${key.slice(0, -1)}`],
    ['a key with more behind it', `Bearer ${key}0`],
    ['a secret in upper case', `Bearer vig_${id}_${'A'.repeat(64)}`],
    ['two keys', `Bearer ${key} ${key}`],
  ])('refuses %s and says what to send', (_, header) => {
    const { code, detail } = refusal(() => keyCache.authenticate(header, now));
    expect([code, detail]).toEqual(['unauthorized', 'send "Authorization: Bearer vig_<id>_<secret>"']);
  });

  it('says the same of an unknown id and of a wrong secret', () => {
    const wrong = refusal(() => authenticate(`vig_${id}_${'0'.repeat(64)}`));
    const unknown = refusal(() => authenticate(`vig_zzzzzzzzzzzz_${secret}`));
    expect([wrong.code, wrong.detail]).toEqual([unknown.code, unknown.detail]);
  });

  it('refuses an expired key at its last moment', () => {
    keyCache.put([{ ...record, expiresAt: new Date(now) }]);
    expect(refusal(() => authenticate()).detail).toContain(`expired at ${new Date(now).toISOString()}`);
  });

  it('takes a key until it expires', () => {
    keyCache.put([{ ...record, expiresAt: new Date(now + 1) }]);
    expect(authenticate().key).toBe(id);
  });

  it('refuses a revoked key', () => {
    keyCache.put([{ ...record, revokedAt: new Date(0) }]);
    expect(refusal(() => authenticate()).detail).toBe(`key ${id} was revoked`);
  });

  it('does not say that a key is revoked to who does not hold it', () => {
    keyCache.put([{ ...record, revokedAt: new Date(0) }]);
    expect(refusal(() => authenticate(`vig_${id}_${'0'.repeat(64)}`)).detail).not.toContain('revoked');
  });

  it('refuses a key that is forgotten or replaced away', () => {
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

describe('ListBook', () => {
  const listOf = (name: string, changes: Partial<NewList> = {}): List =>
    newList({ id: name, title: name, class: 'tvec', action: 'remove', organisation: 'tests', ...changes });
  const bookOf = (...lists: readonly List[]) => {
    const book = new ListCache();
    book.replaceAll(lists, new Map());
    return book;
  };

  it('lets enabled lists be matched, and shows all', () => {
    const book = bookOf(listOf('on'), listOf('off', { enabled: false }));
    expect([[...book.matchable('tests').lists.keys()], book.all().length]).toEqual([['on'], 2]);
  });

  it.each([[[]], [[listOf('off', { enabled: false })]]])('refuses to compare with nothing (%#)', (lists) => {
    const book = bookOf(...lists);
    expect(refusal(() => book.matchable('tests')).code).toBe('no_lists');
  });

  it('searches as wide as the widest list asks', () => {
    const wide = listOf('wide', { thresholds: { pdq: { tight: 1, wide: 40 }, blockhash: 3 } });
    const deep = listOf('deep', { thresholds: { pdq: { tight: 1, wide: 2 }, blockhash: 50 } });
    expect(searchRadii(new Map([wide, deep].map((list) => [list.id, list])))).toEqual({ pdq: 40, blockhash: 50 });
  });
});
