-- Erasures for the person depicted can be undone for 72 hours, and past an hourly limit they wait for a second person. A tombstone
-- knows whom it binds, so that nobody can keep content off the lists of others for ever.
alter table tombstone
  -- Of the person who withdrew the entry. It, and the organisation that enrolled the entry, cannot override the tombstone.
  add column organisation text references organisation,
  add column erasure_person int references person,
  add column erasure_at timestamptz,
  add column erasure_waits boolean not null default false,
  add column erasure_confirmed_by int references person;

update tombstone t set organisation = (
  select v.organisation from entry_event v where v.entry = t.entry and v.event = 'withdraw' order by v.id desc limit 1);
-- Their hashes are already gone.
update tombstone set erasure_at = at, sealed_until = least(sealed_until, now()) where by_victim;

alter table tombstone add constraint erasure_is_dated check ((erasure_at is not null) = by_victim);
create index tombstone_erasure_waits on tombstone (entry) where erasure_waits;

-- An entry that overrides a tombstone needs this many people, whatever its list requires.
alter table entry add column people_required int2 not null default 0 check (people_required between 0 and 7);
