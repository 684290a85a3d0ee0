-- older versions: can run
--
-- Clients of HMA know banks by names that they choose, and their content by numbers (docs/decisions/0030-hma.md). A bank is a list, and
-- its content are the entries of the list. The id of a list is never given again, so a name may come back with another list.
create table hma_bank (
  organisation text not null references organisation,
  name text not null check (name ~ '^[A-Z_][A-Z0-9_]*$'),
  list text not null unique references hash_list,
  -- The share of requests that may match it.
  ratio float8 not null default 1 check (ratio between 0 and 1),
  made_at timestamptz not null default clock_timestamp(),
  primary key (organisation, name)
);

create table hma_client (
  organisation text primary key references organisation,
  -- Numbers are never given again.
  last_content int not null default 0
);

create table hma_content (
  organisation text not null references organisation,
  id int not null,
  list text not null references hash_list,
  -- Null: the hash of a flat image, which would match other flat images. Vigie keeps it and never matches it.
  entry uuid references entry on delete cascade,
  flat jsonb check ((flat is null) <> (entry is null)),
  -- Seconds since 1970. 0: disabled, 1: enabled.
  disabled_until bigint not null default 1,
  note text,
  metadata jsonb,
  primary key (organisation, id),
  unique (organisation, entry)
);
create index hma_content_by_entry on hma_content (entry);
create index hma_content_by_list on hma_content (list);
