-- older versions: can run
--
-- Hosts that images may be fetched from for an organisation, when a platform sends a URL instead of an image.
alter table organisation add column fetches_from text[] not null default '{}';
