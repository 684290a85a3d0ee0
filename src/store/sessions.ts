import type { Actor } from '../domain/actor.js';
import { appendAct } from './audit.js';
import type { Database, Queryable } from './database.js';
import { unnamedPerson } from './keys.js';

export interface StoredSession {
  readonly key: string;
  readonly organisationName: string;
  /** Null: the key names nobody. */
  readonly personName: string | null;
  readonly endsAt: Date;
  /** The last request is noted with a delay of up to a minute, so that few requests write. */
  readonly isUnnoted: boolean;
}

/** More would be a script that signs in again and again. */
const maxPerKey = 50;
const hours = 12;

const insertSession = `
  insert into session (cookie_sha256, api_key, opened_at, seen_at, ends_at)
  values ($1, $2, now(), now(), now() + ${hours} * interval '1 hour')`;
const deleteOldest = `
  delete from session where cookie_sha256 = any(array(
    select cookie_sha256 from session where api_key = $1 order by seen_at desc offset ${maxPerKey - 1}))`;
const deleteSession = 'delete from session where cookie_sha256 = $1 returning api_key as key';
// A request within a minute of the last note is not noted, so a session must outlive its note by a minute.
const isOver = "(ends_at <= now() or seen_at <= now() - interval '1 minute' - $2 * interval '1 minute')";
const selectSession = `
  select s.api_key as key, o.name as "organisationName", nullif(p.name, '${unnamedPerson}') as "personName", s.ends_at as "endsAt",
    s.seen_at < now() - interval '1 minute' as "isUnnoted"
  from session s join api_key k on k.id = s.api_key join organisation o on o.id = k.organisation join person p on p.id = k.person
  where s.cookie_sha256 = $1 and not ${isOver}`;
const noteRequest = "update session set seen_at = now() where cookie_sha256 = $1 and seen_at < now() - interval '1 minute'";
const deleteOver = `
  delete from session where cookie_sha256 = any(array(select cookie_sha256 from session where ${isOver} limit $1)) returning 1`;

/** All times come from the database, so the clocks of nodes need not agree. */
export class SessionStore {
  constructor(private readonly database: Database) {}

  /** @param replaced the cookie that the browser had until now */
  async open(cookieSha256: Uint8Array, key: string, actor: Actor, replaced?: Uint8Array): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (replaced) await close(tx, replaced, actor);
      await tx.query(deleteOldest, [key]);
      await tx.query(insertSession, [Buffer.from(cookieSha256), key]);
      await appendAct(tx, { actor, act: 'session.open', subject: key, detail: {} });
    });
  }

  /** Undefined when there is none, or when it has ended. */
  async find(cookieSha256: Uint8Array, idleMinutes: number): Promise<StoredSession | undefined> {
    const values = [Buffer.from(cookieSha256), idleMinutes];
    const [session] = await this.database.query<StoredSession & Record<string, unknown>>(selectSession, values);
    return session;
  }

  async noteRequest(cookieSha256: Uint8Array): Promise<void> {
    await this.database.query(noteRequest, [Buffer.from(cookieSha256)]);
  }

  async close(cookieSha256: Uint8Array, actor: Actor): Promise<void> {
    await this.database.transaction((tx) => close(tx, cookieSha256, actor));
  }

  async purge(limit: number, idleMinutes: number): Promise<number> {
    return (await this.database.query(deleteOver, [limit, idleMinutes])).length;
  }
}

async function close(tx: Queryable, cookieSha256: Uint8Array, actor: Actor): Promise<void> {
  const [closed] = await tx.query<{ key: string }>(deleteSession, [Buffer.from(cookieSha256)]);
  if (closed) await appendAct(tx, { actor, act: 'session.close', subject: closed.key, detail: {} });
}
