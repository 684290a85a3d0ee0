-- older versions: can run
--
-- What each node says of itself, so that one page shows all of them. Every row is gone after a week, and a backup has none.

-- Each node writes its row every ten seconds.
create table node_state (
  node text primary key,
  started_at timestamptz not null,
  seen_at timestamptz not null,
  -- Why the node takes no traffic. Null: it is ready.
  why text,
  leads boolean not null,
  index_hashes int not null,
  index_age_ms float8 not null,
  images_queued int not null,
  searches_queued int not null,
  verdicts_pending int not null,
  anchor_age_seconds float8 not null,
  -- Since the node started.
  probing_alerts int not null,
  limited_keys int not null,
  canary_matches int not null
);

-- The requests of a node in one minute.
create table node_traffic (
  node text not null,
  at timestamptz not null,
  requests int not null,
  too_many int not null,
  unavailable int not null,
  -- Counts by verdict. A verdict without a count is absent.
  verdicts jsonb not null,
  -- Answers to matches by time taken, one count per bound of src/domain/latency.ts and one for those that took longer.
  latency int[] not null,
  primary key (at, node)
);

-- Answers of 429 and 503 by key.
create table key_refusal (
  hour timestamptz not null,
  api_key text not null references api_key on delete cascade,
  too_many int not null,
  unavailable int not null,
  primary key (hour, api_key)
);

-- When the last backup was begun by `vigie backup`.
alter table installation add column backed_up_at timestamptz;
