import type { Actor } from './actor.js';

/** A row of the audit log. */
export interface Act {
  readonly actor: Actor;
  /** For example `entry.confirm`, `list.create`, `key.revoke`. */
  readonly act: string;
  /** The id of the entry, list, key or organisation. */
  readonly subject: string;
  /** Never a hash, a secret, or personal data beyond people's ids. */
  readonly detail: Readonly<Record<string, unknown>>;
}
