-- Every verdict except no_known_match, without the hashes of the query.
create table verdict (
  request_id text primary key,
  api_key text not null,
  organisation text not null,
  verdict text not null,
  reason text,
  matches jsonb not null,
  index_version text not null,
  answered_at timestamptz not null
);

create index verdict_by_organisation on verdict (organisation, answered_at);
