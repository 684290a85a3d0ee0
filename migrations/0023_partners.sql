-- older versions: can run
--
-- For partners that do not match here. They fetch a list in the form of StopNCII, and say what they decided about a hash. And they ask
-- an organisation about a case, for which they need its contact.
alter table organisation add column contact text check (length(contact) between 1 and 200);

-- Feedback on an entry without a verdict of this installation.
alter table feedback drop constraint feedback_pkey;
alter table feedback alter column request_id drop not null;
create unique index feedback_on_match on feedback (request_id, entry);
create unique index feedback_on_entry on feedback (organisation, entry) where request_id is null;

-- A partner knows its position only as a number of seconds. This is the cursor of the feed that belongs to it.
create table stopncii_mark (
  list text not null references hash_list on delete cascade,
  organisation text not null references organisation on delete cascade,
  at bigint not null,
  cursor text not null,
  -- When the partner had everything up to the cursor.
  made_at timestamptz not null default clock_timestamp(),
  primary key (list, organisation, at)
);
