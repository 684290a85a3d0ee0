-- Old changes are deleted. The highest transaction among them tells a node that slept longer than they were kept that its position is
-- too old: a snapshot whose xmin is not above it may never have seen a row that is gone now. No index on `at`: ids are given in the
-- order of time, but for milliseconds, so the oldest rows are the first of the primary key.
alter table feed add column pruned_xid xid8 not null default '0';
