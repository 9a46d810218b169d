"""How facts get in: plan, fetch, archive, audit, publish, and the ledger that says what came of it."""
