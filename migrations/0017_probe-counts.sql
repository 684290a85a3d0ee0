-- older versions: can run
--
-- How many near variants of one picture a key or organisation asked each node for, and how much it is told because of that. So a caller
-- that spreads probes over several nodes is noticed. It has rows only for callers near a limit, and no hashes.
create table probe_count (
  scope text not null check (scope in ('key', 'organisation')),
  name text not null,
  node text not null,
  organisation text not null,
  variants int not null,
  told text not null check (told in ('distances', 'bands', 'matches')),
  at timestamptz not null,
  primary key (scope, name, node)
);
