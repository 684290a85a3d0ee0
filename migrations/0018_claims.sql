-- older versions: can run
--
-- Several organisations, or several cases of one, list the same content in the same list. Each has a claim on the entry, which matches
-- until the last claim ends (docs/decisions/0024-claims.md). The first claim has the id of its entry. So an entry that an older version
-- wrote without a claim has an obvious one.
create table claim (
  id uuid not null,
  entry uuid not null references entry on delete cascade,
  -- As in the entry, which never changes it.
  list text not null,
  -- Null: built in.
  organisation text references organisation,
  person int references person,
  -- Of a claim that came with a file or an exchange: its name, and the id of the record there.
  source text,
  source_id text,
  provenance jsonb not null default '{}',
  expires_at timestamptz,
  made_at timestamptz not null default now(),
  ended_at timestamptz,
  ended_because text,
  ended_by int references person,
  -- The entry was withdrawn. Its restoration opens the claim again.
  ended_with_entry boolean not null default false,
  primary key (entry, id),
  check ((source is null) = (source_id is null)),
  check (ended_at is not null or not ended_with_entry)
);

insert into claim (id, entry, list, organisation, person, provenance, expires_at, made_at)
  select id, id, list, organisation, person, provenance, expires_at, created_at from entry where status <> 'withdrawn';

create index claim_by_expiry on claim (expires_at) where expires_at is not null and ended_at is null;
create unique index claim_by_source on claim (list, organisation, source, source_id) nulls not distinct
  where ended_at is null and source is not null;
