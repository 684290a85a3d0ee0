-- What was done, by whom: rows that are only ever added, in the transaction of what they record. Nothing here refers to other tables,
-- so that no deletion there touches a row here. On PostgreSQL the service's role may insert and select, and no more
-- (src/store/database-roles.ts); docs/decisions/0010-audit.md says what this proves and what not.
create table act (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  person int,
  organisation text,
  api_key text,
  via text not null check (via in ('key', 'setup', 'system')),
  act text not null,
  subject text not null,
  detail jsonb not null
);

-- What the sealer has still to chain. An anti-join of acts and seals would read a whole table every two seconds.
create table act_pending (
  act bigint primary key
);

-- The chain: each mac covers the one before it and its act. No reference to the act: the seal of a deleted row is what names it.
create table act_seal (
  position bigint primary key check (position > 0),
  act bigint not null unique,
  mac bytea not null check (octet_length(mac) = 32)
);

-- Tells one data key from another without saying anything of either.
create table installation (
  only_row boolean primary key default true check (only_row),
  key_fingerprint bytea not null check (octet_length(key_fingerprint) = 32)
);
