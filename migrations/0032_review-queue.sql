-- older versions: can run
--
-- The queue of entries that wait for a person, oldest first, and leases so that two people never work on one entry
-- (docs/decisions/0036-review-queue.md).

-- When the entry got its status. `updated_at` also changes with other things. No rewrite: existing rows get the time of this migration,
-- and those that wait get the true one. An older version does not set it when it changes a status; then it is a few minutes too early.
alter table entry add column status_since timestamptz(3) not null default now();
update entry e set status_since = coalesce(
    (select max(v.at) from entry_event v where v.entry = e.id and v.went_to <> v.came_from), e.created_at)
  where e.status in ('draft', 'disputed', 'quarantined');

-- Per list and status, so that a page reads the first rows of each and no more. The included columns let a person with a million own
-- entries skip them inside the index.
create index entry_waiting on entry (list, status, status_since, id) include (person, organisation, class)
  where status in ('draft', 'disputed', 'quarantined');

create table entry_lease (
  entry uuid primary key references entry on delete cascade,
  person int not null references person,
  organisation text not null references organisation,
  until timestamptz(3) not null
);
