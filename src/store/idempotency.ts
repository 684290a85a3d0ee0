import type { Database } from './database.js';

export interface RequestName {
  readonly apiKey: string;
  readonly key: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** `answer` is null while the request is running. */
export interface StoredRequest {
  readonly fingerprint: Buffer;
  readonly answer: StoredAnswer | null;
}

interface RequestRow {
  fingerprint: Buffer;
  status: number | null;
  content_type: string | null;
  body: Buffer | null;
}

const keptFor = "interval '24 hours'";

// Also replaces an expired request, and the same request of a node that is gone.
const claimRequest = `
  insert into idempotent_request as r (api_key, key, fingerprint, claim, claimed_until)
  values ($1, $2, $3, $4, now() + $5 * interval '1 millisecond')
  on conflict (api_key, key) do update set fingerprint = excluded.fingerprint, claim = excluded.claim,
    claimed_until = excluded.claimed_until, begun_at = now(), status = null, content_type = null, body = null
  where r.begun_at < now() - ${keptFor}
    or (r.status is null and r.claimed_until < now() and r.fingerprint = excluded.fingerprint)
  returning claim`;
const selectRequest = 'select fingerprint, status, content_type, body from idempotent_request where api_key = $1 and key = $2';
const renewClaim = `
  update idempotent_request set claimed_until = now() + $4 * interval '1 millisecond'
  where api_key = $1 and key = $2 and claim = $3 and status is null`;
const storeAnswer = `
  update idempotent_request set status = $4, content_type = $5, body = $6
  where api_key = $1 and key = $2 and claim = $3 and status is null`;
const releaseClaim = 'delete from idempotent_request where api_key = $1 and key = $2 and claim = $3 and status is null';
const deleteOld = `
  with old as (
    select api_key, key from idempotent_request where begun_at < now() - ${keptFor} order by begun_at limit $1 for update skip locked
  ), gone as (
    delete from idempotent_request r using old where r.api_key = old.api_key and r.key = old.key returning 1
  )
  select count(*)::int as count from gone`;

/** All times come from the database, so the clocks of nodes need not agree. */
export class IdempotencyStore {
  constructor(private readonly database: Database) {}

  /** True when the caller may run the request. */
  async claim({ apiKey, key }: RequestName, fingerprint: Uint8Array, claim: string, claimMs: number): Promise<boolean> {
    const rows = await this.database.query(claimRequest, [apiKey, key, Buffer.from(fingerprint), claim, claimMs]);
    return rows.length === 1;
  }

  async find({ apiKey, key }: RequestName): Promise<StoredRequest | undefined> {
    const [row] = await this.database.query<RequestRow>(selectRequest, [apiKey, key]);
    if (!row) return undefined;
    const { fingerprint, status, content_type: contentType, body } = row;
    const answer = status === null ? null : { status, contentType: contentType ?? '', body: body ?? Buffer.alloc(0) };
    return { fingerprint, answer };
  }

  async renew({ apiKey, key }: RequestName, claim: string, claimMs: number): Promise<void> {
    await this.database.query(renewClaim, [apiKey, key, claim, claimMs]);
  }

  async store({ apiKey, key }: RequestName, claim: string, { status, contentType, body }: StoredAnswer): Promise<void> {
    await this.database.query(storeAnswer, [apiKey, key, claim, status, contentType, body]);
  }

  async release({ apiKey, key }: RequestName, claim: string): Promise<void> {
    await this.database.query(releaseClaim, [apiKey, key, claim]);
  }

  async prune(limit: number): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(deleteOld, [limit]);
    return row?.count ?? 0;
  }
}
