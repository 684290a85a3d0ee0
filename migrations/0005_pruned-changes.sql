-- The highest transaction among deleted changes: a node whose snapshot has an xmin not above it may have missed one.
alter table feed add column pruned_xid xid8 not null default '0';
