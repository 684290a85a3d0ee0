-- older versions: can run
--
-- Files that are imported into a list. The records of a file wait in `import_record` until the whole file is read and judged. Then they
-- become entries and claims together. A claim knows what its source says about the people in the picture.
alter table claim
  add column facts jsonb not null default '{}',
  -- The import that ended it.
  add column ended_in uuid;
create index claim_by_import on claim (ended_in) where ended_in is not null;

create table import (
  id uuid primary key,
  list text not null references hash_list,
  organisation text references organisation,
  person int references person,
  -- Names the records of a later file of the same source.
  source text not null,
  format text,
  file text not null,
  -- The list shall hold exactly what the file holds, as far as this source is concerned.
  replaces boolean not null,
  dry boolean not null,
  -- `waiting`: a second person must agree, because many claims would end.
  state text not null check (state in ('reading', 'waiting', 'promoting', 'promoted', 'checked', 'failed', 'cancelled')),
  -- The process that works on it, as host:pid.
  worker text not null,
  -- The last record that is promoted. The embedded database promotes in several transactions, and goes on after a crash.
  promoted_to int not null default 0,
  report jsonb not null default '{}',
  failure text,
  made_at timestamptz not null default now(),
  heard_at timestamptz not null default now(),
  ended_at timestamptz
);
create index import_open on import (heard_at) where state in ('reading', 'waiting', 'promoting');
-- Two promotions of one source would both think that a record has no claim yet.
create unique index import_promoting on import (list, organisation, source) nulls not distinct where state = 'promoting';
create index import_by_list on import (list, id);

-- No foreign key: its check would take as long as the row itself.
create table import_record (
  import uuid not null,
  number int not null,
  -- The id of the new entry. Null: the source withdraws the record.
  entry uuid,
  source_id text not null,
  identity bytea,
  class text,
  status text,
  people_required int2,
  source_codes jsonb,
  series text,
  synthetic boolean,
  provenance jsonb,
  facts jsonb,
  expires_at timestamptz,
  quality int2,
  algorithms text[],
  variants text[],
  hexes text[],
  qualities int2[],
  marks text[],
  primary key (import, number)
);
