"""
### Compute measures and KPIs for what has changed

**Owns** `marts.measure` and `marts.kpi` of the clients and months that `core.change` holds, or that you name. Starts
when any source has published.

**Rerun, retry, clear:** always safe. One transaction takes the changed months and replaces their rows; until it
commits, the old rows stay and the changes stay noted, so an interrupted run is made up for by the next one. A full
rebuild (all clients, from the first month to the last) gives the same rows.

**A red run** changed nothing. Its only task is SQL: *Rendered Template* shows every statement as it ran.
"""
