-- Removal orders and notices that an organisation received. What they oblige to is kept as it stood then: a later version of the regimes
-- must not move a deadline that somebody works against. Times come from the service, not from the database, so that one clock decides what
-- is overdue. The reference is the issuer's number: the same one twice is the same order.
create table demand (
  id uuid primary key,
  organisation text not null references organisation,
  kind text not null check (kind in ('order', 'notice')),
  regime text not null,
  issuer text not null,
  issuer_kind text not null check (issuer_kind in ('authority', 'trusted_flagger', 'hotline', 'person')),
  reference text not null,
  about text not null,
  request_id text,
  class text,
  -- What the verdict of request_id matched: a copy that matches it again falls under the same order. Never shown.
  entries text[] not null default '{}',
  priority boolean not null,
  obligations jsonb not null,
  received_at timestamptz not null,
  -- The earliest deadline of the obligations, before pauses; null: without undue delay.
  deadline_at timestamptz,
  paused_at timestamptz,
  paused_because text,
  paused_ms float8 not null default 0 check (paused_ms >= 0),
  -- deadline_at and paused_ms: what is compared with the clock.
  due_at timestamptz,
  outcome text check (outcome in ('removed', 'refused', 'not_found', 'withdrawn')),
  outcome_reason text,
  closed_at timestamptz check (closed_at >= received_at),
  created_by int references person,
  closed_by int references person,
  created_at timestamptz not null default now(),
  unique (organisation, kind, issuer, reference),
  check ((outcome is null) = (closed_at is null)),
  check ((paused_at is null) = (paused_because is null)),
  check (closed_at is null or paused_at is null)
);

create index demand_by_organisation on demand (organisation, kind, id);
-- For the copies, of which every node keeps track; most demands have none.
create index demand_of_copies on demand (organisation) where closed_at is null and entries <> '{}';
-- For the metric, which every node asks for every few seconds: closed ones, soon most of them, are not in it.
create index demand_open on demand (kind, due_at) include (paused_at) where closed_at is null;
