-- Hash lists, their entries, and the hashes of each entry. No image is ever stored.
create extension if not exists vector;

create table hash_list (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  title text not null,
  class text not null,
  action text not null check (action in ('remove', 'remove_and_report', 'hold_for_review', 'suppress', 'test_match')),
  pdq_tight int2 not null check (pdq_tight between 0 and pdq_wide),
  pdq_wide int2 not null check (pdq_wide between 0 and 63),
  blockhash int2 not null check (blockhash between 0 and 63),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- Ids are UUIDs of version 7, which sort by creation.
create table entry (
  id uuid primary key,
  list text not null references hash_list,
  class text not null,
  status text not null check (status in ('draft', 'verified', 'withdrawn')),
  -- The SHA-256 of the bytes, or of the sorted hashes if no bytes were sent.
  identity bytea not null check (octet_length(identity) = 32),
  hash_count int2 not null check (hash_count > 0),
  quality int2 check (quality between 0 and 100),
  provenance jsonb not null default '{}',
  created_by text references api_key,
  withdrawn_because text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create unique index entry_identity on entry (list, identity) where status <> 'withdrawn';
create index entry_by_list on entry (list, status, id);

-- Ordinals are never reused. There are 2^31.
create table hash (
  ordinal int generated always as identity primary key,
  entry uuid not null references entry on delete cascade,
  algorithm text not null check (algorithm in ('pdq', 'blockhash', 'md5', 'sha1', 'sha256')),
  variant text not null default 'full',
  bits bit(256),
  digest bytea,
  quality int2 check (quality between 0 and 100),
  check ((algorithm in ('pdq', 'blockhash')) = (bits is not null)),
  check ((algorithm in ('md5', 'sha1', 'sha256')) = (digest is not null))
);

create index hash_by_entry on hash (entry);
create index hash_by_digest on hash (digest) where digest is not null;
-- For neighbour searches only: an approximate index never decides a verdict.
create index hash_near on hash using hnsw (bits bit_hamming_ops) where variant = 'full' and algorithm = 'pdq';
