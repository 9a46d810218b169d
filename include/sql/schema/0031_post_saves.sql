-- How often a post was saved, which some networks count; null: this one does not, or did not say.
alter table staging.post_reach add column saves bigint;
alter table core.post_snapshots add column saves bigint;
