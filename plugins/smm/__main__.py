"""``python -m smm check`` reads every client, KPI and network file; ``python -m smm migrate`` upgrades the warehouse.

The warehouse of ``migrate`` is the one libpq's PG* variables name.
"""

import sys

from smm import catalogue, clients, project, warehouse


def check() -> int:
    """Print every mistake of every file. 0 = there is none."""
    known = catalogue.read()
    found = clients.read(known)
    mistakes = [m for refused in (*known.broken.values(), *found.refused.values()) for m in refused.mistakes]
    for mistake in mistakes:
        print(mistake)
    folder = project.clients_folder()
    print(f"{len(known.kpis)} KPIs and {len(found.by_id)} clients of {folder} are in order, {len(mistakes)} mistakes.")
    return 1 if mistakes else 0


def migrate() -> int:
    """Bring the warehouse to the newest schema."""
    with warehouse.connect() as connection:
        applied = warehouse.migrate(connection)
    print(f"applied {', '.join(applied)}" if applied else "the warehouse is up to date")
    return 0


COMMANDS = {"check": check, "migrate": migrate}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    sys.exit(COMMANDS[sys.argv[1]]())
