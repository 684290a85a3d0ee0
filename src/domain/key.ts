/** API keys: `vig_<id>_<secret>`. Only the SHA-256 of the secret is stored. */

import type { Actor } from './actor.js';

export const roles = ['platform', 'flagger', 'analyst', 'reviewer', 'operator', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** Keys of `low` trust see only that something matched. */
export const trusts = ['full', 'low'] as const;
export type Trust = (typeof trusts)[number];

/** Matches per minute and per day. Null: as in the settings; 0: no limit. */
export interface KeyLimits {
  readonly trust: Trust;
  readonly quotaMinute: number | null;
  readonly quotaDay: number | null;
}

export interface KeyRecord extends KeyLimits {
  readonly id: string;
  readonly organisation: string;
  readonly person: number;
  readonly role: Role;
  readonly secretSha256: Uint8Array;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** False while the key or its organisation waits for a second operator. */
  readonly confirmed: boolean;
}

export interface Caller extends KeyLimits {
  readonly key: string;
  readonly organisation: string;
  readonly person: number;
  readonly role: Role;
}

/** Matches against every list. No organisation can have this id. */
export const commandLine: Caller = {
  key: 'command-line',
  organisation: '.command-line',
  person: 0,
  role: 'platform',
  trust: 'full',
  quotaMinute: 0,
  quotaDay: 0,
};

/** A key with one of these roles waits for a second operator. */
export const decidingRoles: ReadonlySet<Role> = new Set(['analyst', 'reviewer', 'operator']);

export function actorOf({ key, organisation, person }: Caller): Actor {
  return { key, organisation, person, via: 'key' };
}

const keyText = /^vig_([0-9a-z]{12})_([0-9a-f]{64})$/;

/** Undefined when the text is not a key. */
export function parseKey(text: string): { id: string; secret: string } | undefined {
  const [, id, secret] = keyText.exec(text) ?? [];
  return id && secret ? { id, secret } : undefined;
}
