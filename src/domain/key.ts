/** API keys: `vig_<id>_<secret>`. The secret is 256 random bits in hex, of which only the SHA-256 is ever stored. */

import type { Actor } from './actor.js';

export const roles = ['platform', 'flagger', 'analyst', 'reviewer', 'operator', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** What is stored of a key. */
export interface KeyRecord {
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
export interface Caller {
  readonly key: string;
  readonly organisation: string;
  readonly person: number;
  readonly role: Role;
}

/** Whoever matches on the machine itself, against everything. No organisation can have that id. */
export const commandLine: Caller = { key: 'command-line', organisation: '.command-line', person: 0, role: 'platform' };

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
