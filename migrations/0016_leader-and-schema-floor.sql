-- Two tables for several nodes.
--
-- Jobs that one node runs for all need a leader. A lease in database time, and no advisory lock: a lock belongs to a session, and a
-- connection pooler in transaction mode takes sessions away.
create table job_lease (
  only_row boolean primary key default true check (only_row),
  node text not null,
  since timestamptz not null,
  until timestamptz not null
);

-- Code that knows the migration named here can run on this schema, although it does not know the later ones
-- (docs/decisions/0020-rolling-upgrade.md). A migration that older code cannot bear names itself.
create table schema_floor (
  only_row boolean primary key default true check (only_row),
  migration text not null
);

insert into schema_floor (migration) values ('0016_leader-and-schema-floor');
