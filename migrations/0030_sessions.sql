-- older versions: can run
--
-- People who signed in to the console with a key. A session acts as its key and has no rights of its own. It is in the database so that
-- every node knows it, and that signing out ends it on every node (docs/decisions/0035-sessions.md).
create table session (
  -- SHA-256 of the cookie: a person who reads the database cannot use the sessions in it.
  cookie_sha256 bytea primary key,
  api_key text not null references api_key on delete cascade,
  opened_at timestamptz not null,
  -- Of the last request, to the minute.
  seen_at timestamptz not null,
  ends_at timestamptz not null
);
create index session_by_key on session (api_key, seen_at);
