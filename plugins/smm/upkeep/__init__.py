"""What keeps the warehouse well: what is kept and for how long, forgetting a client, the role that reads."""
