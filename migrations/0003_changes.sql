-- The change feed: every write adds a row in its transaction. `xid` shows a node which rows its last snapshot could not see.
create table change (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  kind text not null check (kind in ('entry', 'list', 'key')),
  subject text not null,
  at timestamptz not null default clock_timestamp()
);

create index change_by_xid on change (xid);

create table feed (
  only_row boolean primary key default true check (only_row),
  epoch uuid not null default gen_random_uuid()
);

insert into feed default values;
