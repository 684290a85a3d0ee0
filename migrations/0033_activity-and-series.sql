-- older versions: can run
--
-- What people who review an entry ask about it and its series.

-- How often an entry matched, by day and verdict. Only the ids of the entries, so that a verdict adds one small key per match.
create index verdict_by_entry on verdict using gin (jsonb_path_query_array(matches, '$[*].entry') jsonb_path_ops);

-- The entries of a series, and the series of a list in the order of their names. "C": the same order on every machine. The included
-- columns let Vigie count the entries of a series inside the index.
create index entry_by_series on entry (series collate "C", list, id) include (status, created_at) where series is not null;
