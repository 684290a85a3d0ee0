/** API keys: `vig_<id>_<secret>`. The secret is 256 random bits in hex, of which only the SHA-256 is ever stored. */

import type { Actor } from './actor.js';

export const roles = ['platform', 'flagger', 'analyst', 'reviewer', 'operator', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** Keys of `low` trust are told bands, never distances. */
export const trusts = ['full', 'low'] as const;
export type Trust = (typeof trusts)[number];

/** What a key may ask and be told. Matches a minute and a day; null: as the settings say, 0: as many as it likes. */
export interface KeyLimits {
  readonly trust: Trust;
  readonly quotaMinute: number | null;
  readonly quotaDay: number | null;
}

/** What is stored of a key. */
export interface KeyRecord extends KeyLimits {
  readonly id: string;
  readonly organisation: string;
  readonly person: number;
  readonly role: Role;
  readonly secretSha256: Uint8Array;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** False: a second operator has still to confirm the key, or its organisation. */
  readonly confirmed: boolean;
}

/** Who is calling, once the key is proven. */
export interface Caller extends KeyLimits {
  readonly key: string;
  readonly organisation: string;
  readonly person: number;
  readonly role: Role;
}

/** Whoever matches on the machine itself, against everything. No organisation can have that id. */
export const commandLine: Caller = {
  key: 'command-line',
  organisation: '.command-line',
  person: 0,
  role: 'platform',
  trust: 'full',
  quotaMinute: 0,
  quotaDay: 0,
};

/** What lets a person decide about entries, or about people: such a key waits for a second operator. */
export const decidingRoles: ReadonlySet<Role> = new Set(['analyst', 'reviewer', 'operator']);

/** A caller as whoever did something. */
export function actorOf({ key, organisation, person }: Caller): Actor {
  return { key, organisation, person, via: 'key' };
}

const keyText = /^vig_([0-9a-z]{12})_([0-9a-f]{64})$/;

/** Splits the text of a key; undefined when it is not one. */
export function parseKey(text: string): { id: string; secret: string } | undefined {
  const [, id, secret] = keyText.exec(text) ?? [];
  return id && secret ? { id, secret } : undefined;
}
