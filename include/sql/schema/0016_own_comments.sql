-- How many of a post's comments are the community's own, read with its other counters. Null = not asked, or not told.
alter table core.vk_post_snapshot add column own_comments bigint;

create unlogged table staging.vk_own_comments (
    client text not null,
    load_id text not null,
    network text not null,
    post_id bigint not null,
    own_comments bigint not null
);

create index on staging.vk_own_comments (client, load_id);
