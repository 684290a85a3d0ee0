-- Organisations, their people, and API keys. Only the SHA-256 of a key's secret is stored.
create table organisation (
  id text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  kind text not null check (kind in ('platform', 'hotline', 'police', 'helpline', 'operator')),
  created_at timestamptz not null default now()
);

create table person (
  id int generated always as identity primary key,
  organisation text not null references organisation,
  name text not null,
  created_at timestamptz not null default now(),
  unique (organisation, name)
);

create table api_key (
  id text primary key check (id ~ '^[0-9a-z]{12}$'),
  organisation text not null references organisation,
  person int references person,
  role text not null check (role in ('platform', 'flagger', 'analyst', 'reviewer', 'operator', 'auditor')),
  secret_sha256 bytea not null check (octet_length(secret_sha256) = 32),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);
