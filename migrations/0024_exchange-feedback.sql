-- older versions: can run
--
-- What platforms decide about matches flows back to the exchange that the record came from, if the platform's organisation agrees: once
-- per record, kind of hash and decision. The row holds no hash and no organisation. It is gone with the entry or the exchange.
alter table organisation add column shares_feedback boolean not null default false;

create table exchange_feedback (
  exchange text not null references exchange on delete cascade,
  source_id text not null,
  algorithm text not null,
  decision text not null check (decision in ('confirmed', 'false_positive')),
  entry uuid not null references entry on delete cascade,
  made_at timestamptz not null default now(),
  sent_at timestamptz,
  failures int not null default 0,
  next_at timestamptz not null default now(),
  primary key (exchange, source_id, algorithm, decision)
);
create index exchange_feedback_due on exchange_feedback (exchange, next_at) where sent_at is null;
create index exchange_feedback_of_entry on exchange_feedback (entry);

-- Before it is sent, somebody must still say so. The index before this one held false positives only.
create index feedback_of_entry on feedback (entry);
drop index feedback_by_entry;
