-- The audit log: docs/decisions/0010-audit.md. It has no foreign keys, so no deletion elsewhere changes it.
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

-- Acts without a seal. An anti-join would read a whole table every two seconds.
create table act_pending (
  act bigint primary key
);

-- Each mac covers the mac before it and its act. No foreign key: the seal of a deleted act must stay.
create table act_seal (
  position bigint primary key check (position > 0),
  act bigint not null unique,
  mac bytea not null check (octet_length(mac) = 32)
);

-- Identifies the data key without revealing it.
create table installation (
  only_row boolean primary key default true check (only_row),
  key_fingerprint bytea not null check (octet_length(key_fingerprint) = 32)
);
