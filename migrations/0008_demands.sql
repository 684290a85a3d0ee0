-- Removal orders and notices. Obligations are stored, so that a later version of a regime does not move a deadline.
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
  -- The entries in the verdict: an order also covers copies that match them. Never shown.
  entries text[] not null default '{}',
  priority boolean not null,
  obligations jsonb not null,
  received_at timestamptz not null,
  -- The earliest deadline, before pauses. Null: without undue delay.
  deadline_at timestamptz,
  paused_at timestamptz,
  paused_because text,
  paused_ms float8 not null default 0 check (paused_ms >= 0),
  -- deadline_at plus paused_ms.
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
create index demand_of_copies on demand (organisation) where closed_at is null and entries <> '{}';
-- For the metric that nodes read every few seconds.
create index demand_open on demand (kind, due_at) include (paused_at) where closed_at is null;
