import type { Actor } from '../../domain/actor.js';
import type { KeyLimits, Role } from '../../domain/key.js';
import { type KeyLine, unnamedPerson } from '../../store/keys.js';

/** A key as an operator or an auditor sees it. */
export interface KeyView extends KeyLimits {
  readonly id: string;
  readonly organisation: string;
  readonly role: Role;
  /** Null: the key names nobody. */
  readonly person: string | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly confirmed: boolean;
  /** Another person must confirm it. */
  readonly ownWork: boolean;
}

export function viewOf({ holder, createdBy, person, createdAt, expiresAt, revokedAt, ...line }: KeyLine, actor: Actor): KeyView {
  return {
    ...line,
    person: person === unnamedPerson ? null : person,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
    ownWork: actor.person !== null && (actor.person === createdBy || actor.person === holder),
  };
}
