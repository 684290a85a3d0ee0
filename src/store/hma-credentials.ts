import type { Actor } from '../domain/actor.js';
import { appendAct } from './audit.js';
import type { Database } from './database.js';

const selectOne = 'select sealed from hma_credentials where organisation = $1 and api = $2';
const upsert = `
  insert into hma_credentials (organisation, api, sealed) values ($1, $2, $3)
  on conflict (organisation, api) do update set sealed = excluded.sealed`;
const remove = 'delete from hma_credentials where organisation = $1 and api = $2';

/** What an organisation uses for all of its exchanges with one service. */
export class HmaCredentialStore {
  constructor(private readonly database: Database) {}

  async get(organisation: string, api: string): Promise<Uint8Array | undefined> {
    return (await this.database.query<{ sealed: Uint8Array }>(selectOne, [organisation, api]))[0]?.sealed;
  }

  /** @param sealed undefined: it has none any more */
  set(organisation: string, api: string, sealed: Uint8Array | undefined, actor: Actor): Promise<void> {
    return this.database.transaction(async (tx) => {
      if (sealed) await tx.query(upsert, [organisation, api, Buffer.from(sealed)]);
      else await tx.query(remove, [organisation, api]);
      const act = sealed ? 'credentials.set' : 'credentials.clear';
      await appendAct(tx, { actor, act, subject: organisation, detail: { api } });
    });
  }
}
