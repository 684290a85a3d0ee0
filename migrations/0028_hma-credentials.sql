-- older versions: can run
--
-- Clients of HMA set the credentials of a service once, for all of their exchanges with it.
create table hma_credentials (
  organisation text not null references organisation,
  -- As HMA names it.
  api text not null,
  -- Encrypted with a key derived from the data key.
  sealed bytea not null,
  primary key (organisation, api)
);
