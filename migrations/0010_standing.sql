-- List ownership, entry review, tombstones and feedback.
alter table hash_list
  add column organisation text references organisation,
  add column open boolean not null default false,
  add column people_required int2 not null default 1 check (people_required between 0 and 7),
  add column organisations_required int2 not null default 1 check (organisations_required between 0 and people_required),
  add column provenance_required text[] not null default '{}',
  -- Percentage of (entry, organisation) pairs for which the list applies.
  add column share int2 not null default 100 check (share between 0 and 100),
  add column policy jsonb not null default '{}',
  add column withdrawals_an_hour int not null default 100 check (withdrawals_an_hour > 0),
  add column disputes_after int2 not null default 2 check (disputes_after > 0),
  add column flood_an_hour int not null default 1000 check (flood_an_hour > 0),
  add column version int not null default 1,
  add column proposal jsonb,
  add column proposal_person int references person,
  add column proposal_at timestamptz,
  -- A deleted list stays for the verdicts that name it, but matches nothing.
  add column deleted_at timestamptz,
  -- A suppress list hides matches of other lists.
  add constraint suppression_needs_two check (action <> 'suppress' or organisations_required >= 2) not valid;

create table list_grant (
  list text not null references hash_list on delete cascade,
  organisation text not null references organisation,
  rights text[] not null check (rights <@ '{read,enrol,verify,match}'),
  primary key (list, organisation)
);

-- To explain old verdicts.
create table list_version (
  list text not null references hash_list on delete cascade,
  version int not null,
  document jsonb not null,
  at timestamptz not null default now(),
  person int references person,
  primary key (list, version)
);

-- Existing lists keep their behaviour: organisations get the rights that their keys had.
update hash_list set
  organisation = (select min(id) from organisation where kind <> 'platform' having count(*) = 1),
  people_required = case when action = 'suppress' then 2 else 0 end,
  organisations_required = case when action = 'suppress' then 2 else 0 end,
  open = id = 'test';
alter table hash_list validate constraint suppression_needs_two;

insert into list_grant (list, organisation, rights)
  select l.id, k.organisation,
    (case when bool_or(k.role in ('analyst', 'reviewer')) then '{read,enrol,verify}'::text[] when bool_or(k.role = 'flagger') then '{enrol}' else '{}' end)
      || (case when bool_or(k.role = 'platform') and l.enabled then '{match}'::text[] else '{}' end)
  from hash_list l cross join api_key k
  where l.id <> 'test' and k.role in ('platform', 'analyst', 'reviewer', 'flagger')
    and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
  group by l.id, l.enabled, k.organisation;

insert into list_version (list, version, document)
  select l.id, 1, json_build_object(
    'id', l.id, 'title', l.title, 'class', l.class, 'action', l.action,
    'thresholds', json_build_object('pdq', json_build_object('tight', l.pdq_tight, 'wide', l.pdq_wide), 'blockhash', l.blockhash),
    'enabled', l.enabled, 'organisation', l.organisation, 'open', l.open,
    'grants', coalesce((select json_agg(json_build_object('organisation', g.organisation, 'rights', g.rights) order by g.organisation)
      from list_grant g where g.list = l.id), '[]'),
    'verification', json_build_object('people', l.people_required, 'organisations', l.organisations_required),
    'provenanceRequired', l.provenance_required, 'share', l.share, 'policy', l.policy,
    'limits', json_build_object('withdrawalsAnHour', l.withdrawals_an_hour, 'disputesAfter', l.disputes_after, 'floodAnHour', l.flood_an_hour),
    'version', l.version)
  from hash_list l;

-- Set when two people hold operator keys. From then on, every act needs a key.
alter table installation add column setup_ended_at timestamptz;

alter table entry drop constraint entry_status_check;
alter table entry
  add constraint entry_status_check check (status in ('draft', 'verified', 'disputed', 'quarantined', 'withdrawn')),
  add column organisation text references organisation,
  add column person int references person,
  -- Sent by a flagger. An analyst's enrolment of the same content replaces it.
  add column flagged boolean not null default false,
  add column people int2 not null default 0,
  add column organisations int2 not null default 0,
  add column source_codes jsonb not null default '[]',
  add column series text,
  add column synthetic boolean not null default false,
  add column expires_at timestamptz,
  add column withdrawal_person int references person,
  add column withdrawal_reason text,
  add column withdrawal_at timestamptz;

-- Existing entries count as confirmed.
update entry e set people = greatest(1, l.people_required), organisations = greatest(1, l.organisations_required)
  from hash_list l where l.id = e.list and e.status <> 'draft';
update entry e set organisation = k.organisation, person = k.person, flagged = k.role = 'flagger'
  from api_key k where k.id = e.created_by;

create index entry_by_expiry on entry (expires_at) where expires_at is not null and status <> 'withdrawn';
-- For the newest change of each list.
create index entry_by_change on entry (list, updated_at);

create table confirmation (
  entry uuid not null references entry on delete cascade,
  person int not null references person,
  organisation text not null references organisation,
  reason text,
  at timestamptz not null default now(),
  primary key (entry, person)
);

-- The history of each entry. The audit log cannot be searched by entry.
create table entry_event (
  id bigint generated always as identity primary key,
  entry uuid not null references entry on delete cascade,
  event text not null,
  person int references person,
  organisation text references organisation,
  reason text,
  came_from text not null,
  went_to text not null,
  at timestamptz not null default now()
);
create index entry_event_by_entry on entry_event (entry, id);
create index entry_event_withdrawals on entry_event (person, at) where event = 'withdraw';

-- The hashes of a withdrawn entry, sealed with the data key while the withdrawal can be undone, and keyed hashes of them to refuse
-- the content.
create table tombstone (
  entry uuid primary key references entry on delete cascade,
  list text not null references hash_list,
  stood text not null,
  sealed bytea,
  sealed_until timestamptz,
  by_victim boolean not null,
  at timestamptz not null default now()
);
create index tombstone_by_end on tombstone (sealed_until) where sealed is not null;

create table tombstone_mark (
  list text not null references hash_list,
  mark bytea not null check (octet_length(mark) = 32),
  entry uuid not null references tombstone on delete cascade,
  primary key (list, mark, entry)
);
create index tombstone_mark_by_entry on tombstone_mark (entry);

-- Deleted hashes leave every index by their ordinals.
alter table change add column ordinals int[];

-- Entries withdrawn earlier have no sealed hashes.
insert into change (kind, subject, ordinals)
  select 'entry', e.id::text, array_agg(h.ordinal) from entry e join hash h on h.entry = e.id where e.status = 'withdrawn' group by e.id;
delete from hash h using entry e where e.id = h.entry and e.status = 'withdrawn';
-- An identity may be the SHA-256 of the content.
update entry set identity = sha256(convert_to(id::text, 'UTF8')) where status = 'withdrawn';

alter table verdict
  add column removal jsonb,
  add column evidence jsonb not null default '[]',
  add column policy jsonb not null default '{}';

create table feedback (
  request_id text not null references verdict on delete cascade,
  organisation text not null references organisation,
  entry uuid not null references entry on delete cascade,
  outcome text not null check (outcome in ('confirmed', 'false_positive')),
  reason text,
  at timestamptz not null default now(),
  primary key (request_id, entry)
);
create index feedback_by_entry on feedback (entry) where outcome = 'false_positive';

-- Near matches per entry and hour, for the flood guard.
create table entry_traffic (
  entry uuid not null references entry on delete cascade,
  hour timestamptz not null,
  matches int not null,
  primary key (entry, hour)
);
create index entry_traffic_by_hour on entry_traffic (hour);

-- PDQ hashes of queries, for previews.
create table recent_query (
  id bigint generated always as identity primary key,
  organisation text not null references organisation,
  bits bit(256) not null,
  asked_at timestamptz not null,
  gone_at timestamptz not null
);
create index recent_query_by_end on recent_query (gone_at);

create table job_run (
  id bigint generated always as identity primary key,
  job text not null,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  deleted int not null
);
create index job_run_by_job on job_run (job, id);
