/** Tombstones and seals of another data key would be silently useless. */
import type { Queryable } from './database.js';

const inUse = '(exists (select from organisation) or exists (select from hash_list) or exists (select from act))';
const selectFingerprint = `select key_fingerprint as fingerprint, ${inUse} as used from installation`;
// An empty database accepts another key.
const bindKey = `
  insert into installation (key_fingerprint) values ($1)
  on conflict (only_row) do update set key_fingerprint = excluded.key_fingerprint where not ${inUse}`;

/** `used`: the database holds data that may depend on the key. */
export interface Binding {
  readonly fingerprint: Uint8Array;
  readonly used: boolean;
}

export async function bindingOf(database: Queryable): Promise<Binding | undefined> {
  const [row] = await database.query<{ fingerprint: Uint8Array; used: boolean }>(selectFingerprint);
  return row;
}

/** True when the database is bound to this key afterwards. */
export async function bindToKey(database: Queryable, fingerprint: Uint8Array): Promise<boolean> {
  const isThis = async () => Buffer.from(fingerprint).equals((await bindingOf(database))?.fingerprint ?? Buffer.alloc(0));
  if (await isThis()) return true;
  await database.query(bindKey, [Buffer.from(fingerprint)]);
  return isThis();
}
