-- How much a key may ask, how much it is told, and what its repeated writes answer.
alter table api_key
  -- Matches a minute and a day. Null: as the settings say; 0: as many as it likes.
  add column quota_minute int check (quota_minute >= 0),
  add column quota_day int check (quota_day >= 0),
  -- A key of low trust is told bands, never distances.
  add column trust text not null default 'full' check (trust in ('full', 'low'));

-- Writes with an Idempotency-Key, for 24 hours. No status: still under way, on the node that renews `claimed_until`; past that moment
-- the node is gone, and the same request may run again.
create table idempotent_request (
  api_key text not null references api_key,
  key text not null check (length(key) between 1 and 200),
  -- SHA-256 of method, path and body: the same key with another one is refused.
  fingerprint bytea not null check (octet_length(fingerprint) = 32),
  claim uuid not null,
  claimed_until timestamptz not null,
  begun_at timestamptz not null default now(),
  status int2,
  content_type text,
  body bytea,
  primary key (api_key, key)
);

create index idempotent_request_by_age on idempotent_request (begun_at);
