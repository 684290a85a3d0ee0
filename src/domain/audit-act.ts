import type { Actor } from './actor.js';

/** Something done that changes what the service answers or who may do what: a row of the audit. */
export interface Act {
  readonly actor: Actor;
  /** Thing and deed: `entry.confirm`, `list.create`, `key.revoke`. */
  readonly act: string;
  /** The id of what it was done to. */
  readonly subject: string;
  /** Plain JSON: reasons, counts, old and new values; never a hash, a secret, or personal data beyond people's ids. */
  readonly detail: Readonly<Record<string, unknown>>;
}
