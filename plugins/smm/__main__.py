"""``python -m smm check`` reads every client, KPI and expectation file; ``python -m smm migrate`` upgrades the
warehouse.

The warehouse of ``migrate`` is the one libpq's PG* variables name.
"""

import sys

from smm import catalogue, clients, expectations, plans, project, warehouse
from smm.checked import Mistake, Mistakes


def check() -> int:
    """Print every mistake of every file. 0 = there is none."""
    mistakes: list[Mistake] = []
    checked: list[str] = []
    try:
        known = catalogue.read()
        found = clients.read(known)
        _, refused_plans = plans.read(known, found)
        for refused in (*known.broken.values(), *found.refused.values(), *refused_plans.values()):
            mistakes += refused.mistakes
        checked += [f"{len(known.kpis)} KPIs", f"{len(found.by_id)} clients in {project.clients_folder()}"]
    except Mistakes as refused:  # of networks.yml or measures.yml, on which the rest stands
        mistakes += refused.mistakes
    try:
        checked.append(f"{len(expectations.read())} audited relations")
    except Mistakes as refused:
        mistakes += refused.mistakes
    for mistake in mistakes:
        print(mistake)
    print(f"In order: {', '.join(checked) or 'nothing'}. Mistakes: {len(mistakes)}.")
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
