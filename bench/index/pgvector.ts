/** HNSW and exact search in PostgreSQL. Times include the round trip. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Progress } from '../../src/cli/progress.js';
import { openEmbedded } from '../../src/store/embedded/index.js';
import type { Contender, Hits } from './contenders.js';
import { hashAt, type Workload } from './workload.js';

const efSearches = [40, 200, 1_000];
const rowsPerStatement = 5_000;
/** Enough: among uniform hashes a query has at most one true entry. */
const maxHits = 10;

const prepare = `
  create extension if not exists vector;
  drop schema if exists vigie_bench cascade;
  create schema vigie_bench;
  create table vigie_bench.hash (id int not null, bits bit(256) not null);
  set max_parallel_workers_per_gather = 0;
  set max_parallel_maintenance_workers = 0;
  set maintenance_work_mem = '1GB'`;
const insert = 'insert into vigie_bench.hash select id, bits::bit(256) from unnest($1::int[], $2::text[]) as row (id, bits)';
const buildIndex = 'create index hash_near on vigie_bench.hash using hnsw (bits bit_hamming_ops)';
const sizes = `select pg_table_size('vigie_bench.hash')::float8 as rows, pg_relation_size('vigie_bench.hash_near')::float8 as index`;
const nearest = `select id, bits <~> $1::bit(256) as distance from vigie_bench.hash order by bits <~> $1::bit(256) limit ${maxHits}`;
const within = 'select id, bits <~> $1::bit(256) as distance from vigie_bench.hash where bits <~> $1::bit(256) <= $2';
const clearUp = 'drop schema if exists vigie_bench cascade';

interface Row {
  readonly id: number;
  readonly distance: number;
}

export interface Postgres {
  readonly contenders: readonly Contender[];
  close(): Promise<void>;
}

/** Creates the schema `vigie_bench` and drops it at the end. */
export async function startPostgres(databaseUrl: string | undefined, work: Workload): Promise<Postgres> {
  const { client, release } = databaseUrl ? await connect({ connectionString: databaseUrl }) : await embedded();
  await client.query(prepare);
  const filledMs = await timed(() => fill(client, work));
  await client.query('analyze vigie_bench.hash');
  console.error('building the HNSW index');
  const builtMs = await timed(() => client.query(buildIndex));
  const { rows } = await client.query<{ rows: number; index: number }>(sizes);
  const bytes = rows[0] ?? { rows: 0, index: 0 };
  return {
    contenders: [
      ...efSearches.map((efSearch) => ({
        engine: `pgvector-hnsw, ef_search ${efSearch}`,
        buildMs: builtMs,
        bytesPerHash: (bytes.rows + bytes.index) / work.count,
        exact: false,
        search: async (query: Uint8Array, radius: number) => {
          await client.query(`set hnsw.ef_search = ${efSearch}`);
          const answer = await client.query<Row>(nearest, [bitString(query)]);
          return hitsOf(answer.rows.filter(({ distance }) => distance <= radius));
        },
      })),
      {
        engine: 'pgvector-exact',
        buildMs: filledMs,
        bytesPerHash: bytes.rows / work.count,
        exact: true,
        search: async (query, radius) => hitsOf((await client.query<Row>(within, [bitString(query), radius])).rows),
      },
    ],
    async close() {
      await client.query(clearUp);
      await client.end();
      await release();
    },
  };
}

async function connect(config: pg.ClientConfig) {
  const client = new pg.Client(config);
  await client.connect();
  return { client, release: async () => {} };
}

async function embedded() {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const database = await openEmbedded({ dataDir, command: 'npm run bench:index' });
  const { client } = await connect({ ...database.connection });
  const release = async () => {
    await database.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { client, release };
}

async function fill(client: pg.Client, { hashes, count }: Workload): Promise<void> {
  const progress = new Progress('rows in PostgreSQL', count);
  for (let first = 0; first < count; first += rowsPerStatement) {
    const ids = Array.from({ length: Math.min(rowsPerStatement, count - first) }, (_, at) => first + at);
    await client.query(insert, [ids, ids.map((id) => bitString(hashAt(hashes, id)))]);
    progress.advance(ids.length);
  }
  progress.finish();
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

function bitString(hash: Uint8Array): string {
  return `x${Buffer.from(hash).toString('hex')}`;
}

function hitsOf(rows: readonly Row[]): Hits {
  return Uint32Array.from(rows.flatMap(({ id, distance }) => [id, distance]));
}
