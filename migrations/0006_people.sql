-- Nobody is anonymous: every key belongs to a person of an organisation, and an organisation is confirmed by a second operator before
-- its keys open anything. What stood before this migration was set up by whoever runs the machine, and counts as confirmed.
alter table organisation
  -- The name without case, accents, spaces and punctuation: "Point de Contact" and "point-de-contact" are one organisation.
  add column spelling text,
  -- Deferred: people belong to organisations, so a restore has neither first.
  add column created_by int references person deferrable initially deferred,
  add column confirmed_by int references person deferrable initially deferred,
  add column confirmed_at timestamptz,
  -- Legal regimes whose clocks run for this organisation; none is ever guessed.
  add column regimes text[] not null default '{}',
  -- Days that its verdicts are kept.
  add column verdict_days int not null default 365 check (verdict_days between 1 and 3650),
  -- Hours that hashes of its queries are kept for previews of new entries; 0: never, unless it opts in.
  add column query_hours int not null default 0 check (query_hours between 0 and 168),
  -- Whether its verdicts tell distances or only bands.
  add column tells text not null default 'distances' check (tells in ('distances', 'bands'));

-- As near to `spellingOf` as SQL comes; by the id where two are already the same.
update organisation o set confirmed_at = created_at, spelling = s.spelling
  from (
    select id, case when spelt <> '' and count(*) over (partition by spelt) = 1 then spelt else id end as spelling
    from (select id, regexp_replace(lower(normalize(name, NFKD)), '[^[:alnum:]]', '', 'g') as spelt from organisation) named
  ) s where s.id = o.id;
alter table organisation alter column spelling set not null, add constraint organisation_spelling unique (spelling);

-- Keys without a person: one person an organisation, so that several of them never count as two people.
insert into person (organisation, name)
  select distinct organisation, 'unnamed' from api_key where person is null
  on conflict do nothing;
update api_key k set person = p.id from person p where k.person is null and p.organisation = k.organisation and p.name = 'unnamed';

alter table api_key
  alter column person set not null,
  add column created_by int references person,
  -- Keys that decide about entries and people wait for a second operator.
  add column confirmed_by int references person,
  add column confirmed_at timestamptz;
update api_key set confirmed_at = created_at;

alter table change drop constraint change_kind_check;
alter table change add constraint change_kind_check check (kind in ('entry', 'list', 'key', 'organisation'));
