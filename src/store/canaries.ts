import type { Actor } from '../domain/actor.js';
import { entryIdOf, type Provenance } from '../domain/entry.js';
import type { Export } from '../domain/export.js';
import type { Database, Queryable } from './database.js';
import type { NewHash } from './entries.js';
import { columnsFromHex } from './hash-value.js';

export interface NewCanary {
  /** A UUID. */
  readonly id: string;
  /** The UUID of the entry whose description it copies. */
  readonly model: string;
  /** Hex, 32 bytes. */
  readonly identity: string;
  readonly hashes: readonly NewHash[];
  /** In the file only. */
  readonly sourceId: string | null;
  readonly expiresAt: string | null;
  readonly facts: object;
  readonly provenance: Provenance;
  readonly series: string | null;
}

/** What a match of it gives away. */
export interface Canary {
  /** The id of the entry. */
  readonly entry: string;
  readonly list: string;
  /** A UUID. */
  readonly export: string;
  readonly recipient: string;
}

const given = `
  json_to_recordset($1::json) as g (id uuid, model uuid, identity text, "hashCount" int2, "sourceId" text, "expiresAt" timestamptz,
    facts jsonb, provenance jsonb, series text)`;
// As old as its model, or its place in the file would tell it apart.
const insertEntries = `
  insert into entry (id, list, class, status, flagged, identity, hash_count, quality, provenance, source_codes, series, synthetic,
    organisation, person, people, organisations, created_at, updated_at)
  select g.id, m.list, m.class, 'verified', false, decode(g.identity, 'hex'), g."hashCount", m.quality, g.provenance, m.source_codes,
    g.series, m.synthetic, $2, $3, m.people, m.organisations, m.created_at, m.updated_at
  from ${given} join entry m on m.id = g.model`;
// Without a source, so that no import ends it, and without an end.
const insertClaims = `
  insert into claim (id, entry, list, organisation, person, provenance, facts, made_at)
  select e.id, e.id, e.list, e.organisation, e.person, e.provenance, g.facts, e.created_at from ${given} join entry e on e.id = g.id`;
const insertHashes = `
  insert into hash (entry, algorithm, variant, bits, digest, quality)
  select h.entry, h.algorithm, h.variant, ${columnsFromHex('h')}, h.quality
  from json_to_recordset($1::json) as h (entry uuid, algorithm text, variant text, hex text, quality int2)`;
const insertConfirmations = `
  insert into confirmation (entry, person, organisation, at)
  select g.id, $2, $3, e.created_at from ${given} join entry e on e.id = g.id`;
const insertRows = `
  insert into canary (entry, export, source_id, expires_at) select g.id, $2, g."sourceId", g."expiresAt" from ${given}`;
const noteEntries = `insert into change (kind, subject) select 'entry', g.id::text from ${given}`;
const noteCanaries = "insert into change (kind, subject) values ('canary', $1)";
const selectAll = `
  select k.entry, x.list, x.id as export, x.recipient from canary k join export x on x.id = k.export`;

/** The person who asked for the export is their author, and the one who confirms it confirms them. */
export async function insertCanaries(
  tx: Queryable,
  { id, organisation, person }: Export,
  { person: second, organisation: secondOrganisation }: Actor,
  canaries: readonly NewCanary[],
): Promise<void> {
  if (canaries.length === 0) return;
  const rows = JSON.stringify(canaries.map((canary) => ({ ...canary, hashCount: canary.hashes.length })));
  await tx.query(insertEntries, [rows, organisation, person]);
  await tx.query(insertClaims, [rows]);
  const hashes = canaries.flatMap((canary) => canary.hashes.map((hash) => ({ ...hash, entry: canary.id })));
  await tx.query(insertHashes, [JSON.stringify(hashes)]);
  if (second !== null && secondOrganisation !== null) await tx.query(insertConfirmations, [rows, second, secondOrganisation]);
  await tx.query(insertRows, [rows, id]);
  await tx.query(noteCanaries, [id]);
  await tx.query(noteEntries, [rows]);
}

export class CanaryStore {
  constructor(private readonly database: Database) {}

  async all(): Promise<Canary[]> {
    const rows = await this.database.query<Canary & Record<string, unknown>>(selectAll);
    return rows.map(({ entry, list, export: from, recipient }) => ({ entry: entryIdOf(entry), list, export: from, recipient }));
  }
}
