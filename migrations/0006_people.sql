-- Every key belongs to a person, and a second operator confirms an organisation. Existing ones count as confirmed.
alter table organisation
  -- The name without case, accents, spaces and punctuation.
  add column spelling text,
  -- Deferred, because organisations and people refer to each other.
  add column created_by int references person deferrable initially deferred,
  add column confirmed_by int references person deferrable initially deferred,
  add column confirmed_at timestamptz,
  add column regimes text[] not null default '{}',
  -- Retention of verdicts in days.
  add column verdict_days int not null default 365 check (verdict_days between 1 and 3650),
  -- Retention of query hashes for previews, in hours. 0: not kept.
  add column query_hours int not null default 0 check (query_hours between 0 and 168),
  add column tells text not null default 'distances' check (tells in ('distances', 'bands'));

-- Like `spellingOf`, as far as SQL can. Where two names have the same spelling, the id.
update organisation o set confirmed_at = created_at, spelling = s.spelling
  from (
    select id, case when spelt <> '' and count(*) over (partition by spelt) = 1 then spelt else id end as spelling
    from (select id, regexp_replace(lower(normalize(name, NFKD)), '[^[:alnum:]]', '', 'g') as spelt from organisation) named
  ) s where s.id = o.id;
alter table organisation alter column spelling set not null, add constraint organisation_spelling unique (spelling);

-- Keys without a person share one per organisation.
insert into person (organisation, name)
  select distinct organisation, 'unnamed' from api_key where person is null
  on conflict do nothing;
update api_key k set person = p.id from person p where k.person is null and p.organisation = k.organisation and p.name = 'unnamed';

alter table api_key
  alter column person set not null,
  add column created_by int references person,
  -- A second operator confirms keys that decide about entries or people.
  add column confirmed_by int references person,
  add column confirmed_at timestamptz;
update api_key set confirmed_at = created_at;

alter table change drop constraint change_kind_check;
alter table change add constraint change_kind_check check (kind in ('entry', 'list', 'key', 'organisation'));
