-- older versions: can run
--
-- A person in a picture opens a case without an account, and comes back with its number and a PIN
-- (docs/decisions/0034-cases.md). Whoever reads these tables without the data key must learn neither number, nor PIN, nor address.
create table help_case (
  id uuid primary key,
  -- HMAC of the number. The number itself is stored nowhere.
  number_mark bytea not null unique check (octet_length(number_mark) = 32),
  salt bytea not null,
  -- scrypt of an HMAC of the PIN.
  pin_hash bytea not null,
  language text check (language in ('fr', 'en')),
  -- Where the picture appeared, encrypted.
  appearance bytea,
  -- The helpline that opened the case together with the person.
  assisted_by text references organisation,
  opened_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz
);
create index help_case_by_start on help_case (opened_at);
create index help_case_by_end on help_case (closed_at) where closed_at is not null;

create table help_case_file (
  help_case uuid not null references help_case on delete cascade,
  file int2 not null,
  -- Of the claim's provenance: random, so it says nothing of the number.
  reference text not null unique,
  -- pending: the service stopped before it was enrolled, and a repeated request goes on.
  state text not null check (state in ('pending', 'listed', 'refused', 'same', 'withdrawn')),
  same_as int2,
  entry uuid,
  claim uuid,
  primary key (help_case, file)
);
create index help_case_file_by_entry on help_case_file (entry);

-- Which organisations got a verdict for such an entry, and when last. The verdict log has no index by entry.
create table help_case_verdict (
  entry uuid not null references entry on delete cascade,
  organisation text not null,
  held_at timestamptz,
  removed_at timestamptz,
  primary key (entry, organisation)
);

-- Wrong tries, quotas and used proofs, by a keyed mark of a number, an address or a proof.
create table help_case_guard (
  kind text not null check (kind in ('number', 'address', 'quota', 'proof')),
  mark bytea not null check (octet_length(mark) = 32),
  count int not null,
  locked_until timestamptz,
  forget_at timestamptz not null,
  primary key (kind, mark)
);
create index help_case_guard_by_end on help_case_guard (forget_at);
