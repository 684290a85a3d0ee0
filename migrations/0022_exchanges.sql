-- older versions: can run
--
-- Lists that follow another service: NCMEC, StopNCII, another Vigie. What is fetched becomes an import, and its checkpoint is stored in
-- the transaction that promotes it.
-- An exchange that is deleted and made again has a new number.
create sequence exchange_generation;

create table exchange (
  -- Also the source of its claims.
  id text primary key,
  kind text not null,
  list text not null references hash_list,
  -- Null: built in.
  organisation text references organisation,
  person int references person,
  base_url text not null,
  -- Encrypted with a key derived from the data key.
  credentials bytea not null,
  options jsonb not null default '{}',
  every_seconds int not null check (every_seconds >= 0),
  enabled boolean not null default true,
  checkpoint jsonb,
  checkpoint_at timestamptz,
  -- Rises with each checkpoint. A node that has lost its lead cannot put an older state above a newer one.
  generation bigint not null default nextval('exchange_generation'),
  tried_at timestamptz,
  succeeded_at timestamptz,
  next_at timestamptz not null default now(),
  -- Since the last success.
  failures int not null default 0,
  fault text,
  error text,
  -- In all.
  fetched bigint not null default 0,
  withdrawn bigint not null default 0,
  refused bigint not null default 0,
  errors bigint not null default 0,
  made_at timestamptz not null default now()
);

alter table import
  add column exchange text,
  -- As it was when the fetching began, and as it will be.
  add column generation bigint,
  add column next_generation bigint,
  add column checkpoint jsonb;
create index import_fetched on import (ended_at) where exchange is not null;
