-- The newest published day of a source, of hundreds of clients at once.
create index load_by_last_day on core.load (client, network, last_day desc nulls last, started_at desc)
where state = 'published';
