"""`make up`: the stack for real work, with the user's own clients and connections."""

import os

from local import airflow, ports
from local.stack import Stack, assembled
from smm.project import clients_folder


def run(first_port: int) -> None:
    """Start, say where everything is, and stay until Ctrl-C. The state is kept for the next start."""
    with assembled("up", first_port, ports.UP, afresh=False) as stack:
        stack.start_postgres(durable=True)
        stack.start_airflow(airflow.cleared(os.environ), connections={})
        print(text(stack))
        stack.runner.watch()


def text(stack: Stack) -> str:
    return f"""
board       {stack.board}  login {airflow.LOGIN}, password {stack.keys.login}
Airflow     {stack.address}  the same login
clients     {clients_folder()}  one file each; `make check` reads them, docs/clients.md lists the keys
warehouse   {stack.warehouse}
logs        {stack.folder / "logs"}

DAGs are paused until you switch them on in the UI: do it before the first backfill. `make smm DO=late` names those
that still are. Connections: the UI (Admin, Connections) or AIRFLOW_CONN_<ID> in the environment of `make up`; letters
are sent once there is a connection `mail`. Ctrl-C ends it; its data stay."""
