"""`python compose/world.py DIR GA4_PORT VK_PORT`: what Airflow must know to ask the sandbox of docker-compose.yml.

Writes DIR/clients/*.yml, DIR/figures/*.csv and DIR/connections.json, which `airflow connections import` reads.
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from sandbox.world import World

folder, ga4_port, vk_port = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
world = World(datetime.now(UTC).date())
world.write(folder)
connections = world.connections({"ga4": ga4_port, "vk": vk_port})
for connection in connections.values():
    if not connection["extra"]:
        del connection["extra"]  # an empty one makes the import fail in the database
(folder / "connections.json").write_text(json.dumps(connections, indent=2), "utf-8")
