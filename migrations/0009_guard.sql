-- Quotas, trust and idempotent requests.
alter table api_key
  -- Matches per minute and per day. Null: the settings decide. 0: no limit.
  add column quota_minute int check (quota_minute >= 0),
  add column quota_day int check (quota_day >= 0),
  -- A key of low trust gets bands instead of distances.
  add column trust text not null default 'full' check (trust in ('full', 'low'));

-- Requests with an Idempotency-Key, for 24 hours. Without a status, the request runs on the node that renews `claimed_until`.
create table idempotent_request (
  api_key text not null references api_key,
  key text not null check (length(key) between 1 and 200),
  -- SHA-256 of method, path and body.
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
