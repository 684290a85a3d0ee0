/** API keys: `vig_<id>_<secret>`. The secret is 256 random bits in hex, of which only the SHA-256 is ever stored. */

export const roles = ['platform', 'flagger', 'analyst', 'reviewer', 'operator', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** What is stored of a key. */
export interface KeyRecord {
  readonly id: string;
  readonly organisation: string;
  readonly role: Role;
  readonly secretSha256: Uint8Array;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Who is calling, once the key is proven. */
export interface Caller {
  readonly key: string;
  readonly organisation: string;
  readonly role: Role;
}

const keyText = /^vig_([0-9a-z]{12})_([0-9a-f]{64})$/;

/** Splits the text of a key; undefined when it is not one. */
export function parseKey(text: string): { id: string; secret: string } | undefined {
  const [, id, secret] = keyText.exec(text) ?? [];
  return id && secret ? { id, secret } : undefined;
}
