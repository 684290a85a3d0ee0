-- older versions: can run
--
-- Files of hashes that leave a list, and the canaries in them: entries that are in one file only (docs/decisions/0026-exports.md).
-- A match of a canary tells which file was passed on.
create table export (
  id uuid primary key,
  list text not null references hash_list,
  -- Null: the command line during set-up.
  organisation text references organisation,
  person int references person,
  -- A name, shown to people.
  recipient text not null,
  purpose text not null,
  format text not null,
  scheme text,
  -- Public key of the recipient in the format of age. Null: the file is not encrypted.
  age_key text,
  canaries int2 not null check (canaries between 0 and 20),
  state text not null check (state in ('waiting', 'ready', 'cancelled')),
  made_at timestamptz not null default now(),
  confirmed_by int references person,
  confirmed_at timestamptz
);
create index export_by_list on export (list, id);

create table export_download (
  id uuid primary key,
  export uuid not null references export on delete cascade,
  person int references person,
  state text not null check (state in ('sending', 'complete', 'broken')),
  -- Counts of the file as far as it was sent.
  receipt jsonb not null default '{}',
  begun_at timestamptz not null default now(),
  ended_at timestamptz
);
create index export_download_by_export on export_download (export, id);

create table canary (
  entry uuid primary key references entry on delete cascade,
  export uuid not null references export,
  -- In the file only. The entry itself never expires, and no source may withdraw it.
  source_id text,
  expires_at timestamptz
);
create index canary_by_export on canary (export);

alter table change drop constraint change_kind_check;
alter table change add constraint change_kind_check check (kind in ('entry', 'list', 'key', 'organisation', 'canary'));
