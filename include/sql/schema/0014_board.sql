-- What the board asks of each of a client's sources: its newest loads.
create index load_by_network on core.load (client, network, started_at desc);
