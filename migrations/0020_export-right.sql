-- older versions: can run
--
-- The right to take the hashes of a list out: exports and feeds.
alter table list_grant drop constraint list_grant_rights_check;
alter table list_grant add constraint list_grant_rights_check check (rights <@ '{read,enrol,verify,match,export}');
