-- Counts that all nodes of one database share. Before, each node counted on its own, and a flood was a number of matches: one key
-- that repeated one query could quarantine an entry.

-- Near matches per entry, hour and organisation. `contents` has one bit per cell that a query's keyed hash fell into, so that
-- repetitions count once on all nodes. It replaces entry_traffic, to which nodes of the last version still write.
create table entry_match_source (
  entry uuid not null references entry on delete cascade,
  hour timestamptz not null,
  organisation text not null,
  matches int not null,
  contents bit(2048) not null,
  primary key (entry, hour, organisation)
);
create index entry_match_source_by_hour on entry_match_source (hour);

-- Matches of a key in its present minute and day. A period begins with its first match.
create table quota_use (
  api_key text not null references api_key on delete cascade,
  period text not null check (period in ('minute', 'day')),
  since timestamptz not null,
  used bigint not null,
  primary key (api_key, period)
);
