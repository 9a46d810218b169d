"""`make up`: the stack for real work, with the user's own clients and connections."""

import os

from local import airflow, ports
from local.stack import assembled


def run(first_port: int) -> None:
    """Start, say where everything is, and stay until Ctrl-C. The state is kept for the next start."""
    with assembled("up", first_port, ports.UP, afresh=False) as stack:
        stack.start_postgres(durable=True)
        stack.start_airflow(airflow.cleared(os.environ), connections={})
        print(f"""
Airflow     http://{ports.HOST}:{stack.ports["ui"]}  {airflow.LOGIN} / {stack.keys.login}
warehouse   {stack.warehouse}
logs        {stack.folder / "logs"}

DAGs are paused until you switch them on in the UI: do it before the first backfill. `make smm DO=late` names those
that still are. Connections: the UI (Admin, Connections) or AIRFLOW_CONN_<ID> in the environment of `make up`; letters
go out once there is a connection `mail`. Ctrl-C ends it; its data stay.""")
        stack.runner.watch()
