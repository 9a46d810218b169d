"""What Airflow must know to ask the sandbox of docker-compose.yml.

`python compose/world.py DIR GA4_PORT VK_PORT METRICA_PORT META_PORT` writes DIR/clients/*.yml, DIR/figures/*.csv and
DIR/connections.json, which `airflow connections import` reads.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from sandbox.world import World

folder, *ports = Path(sys.argv[1]), *map(int, sys.argv[2:])
world = World(datetime.now(UTC).date())
world.write(folder)
connections = world.connections(dict(zip(("ga4", "vk", "metrica", "meta"), ports, strict=True)))
for connection in connections.values():
    if connection.get("extra") == {}:
        del connection["extra"]  # an empty one makes the import fail in the database
(folder / "connections.json").write_text(json.dumps(connections, indent=2), "utf-8")
