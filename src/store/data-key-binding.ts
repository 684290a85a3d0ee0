/** Which data key a database belongs to: tombstones and seals made with another one would silently mean nothing. */
import type { Queryable } from './database.js';

const inUse = '(exists (select from organisation) or exists (select from hash_list) or exists (select from act))';
const selectFingerprint = `select key_fingerprint as fingerprint, ${inUse} as used from installation`;
// An empty database has nothing that a key was used for: it takes the next one.
const bindKey = `
  insert into installation (key_fingerprint) values ($1)
  on conflict (only_row) do update set key_fingerprint = excluded.key_fingerprint where not ${inUse}`;

/** The key a database is bound to; `used`: for good, because something stands in it that the key may have been used for. */
export interface Binding {
  readonly fingerprint: Uint8Array;
  readonly used: boolean;
}

/** Undefined before the first start. */
export async function bindingOf(database: Queryable): Promise<Binding | undefined> {
  const [row] = await database.query<{ fingerprint: Uint8Array; used: boolean }>(selectFingerprint);
  return row;
}

/** Binds the database to a data key unless it is bound for good; true when it is bound to this one now. */
export async function bindToKey(database: Queryable, fingerprint: Uint8Array): Promise<boolean> {
  const isThis = async () => Buffer.from(fingerprint).equals((await bindingOf(database))?.fingerprint ?? Buffer.alloc(0));
  if (await isThis()) return true;
  await database.query(bindKey, [Buffer.from(fingerprint)]);
  return isThis();
}
