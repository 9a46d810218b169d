"""A client's file as rows of core, without what it asks: one table after another."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from smm.catalogue import Catalogue
from smm.clients import Client
from smm.clients.sources_section import own_networks

Row = tuple[Any, ...]

COLUMNS = {
    "core.client_source": ("client", "network", "source"),
    "core.client_network": ("client", "network", "source", "is_social"),
    "core.lead_part": ("client", "part", "source", "event"),
    "core.wanted_audience": ("client", "network", "block", "value"),
    "core.annotation": ("client", "first_day", "last_day", "network", "text", "compare"),
}


def itself(client: Client) -> dict[str, Any]:
    """The parameters of roster/store_client.sql: the row of core.client, but for its digest."""
    file = client.file
    paused_from, paused_to = file.paused or (None, None)
    return {
        "client": client.id,
        "name": file.name,
        "language": file.language,
        "time_zone": file.time_zone,
        "currency": file.currency,
        "started": file.started,
        "ended": file.ended,
        "paused_from": paused_from,
        "paused_to": paused_to,
        "report": file.report.model_dump_json(),
    }


def parts(catalogue: Catalogue, client: Client) -> dict[str, list[Row]]:
    """The rows of each table of COLUMNS."""
    wanted = ((name, entry.options.wanted_groups) for name, entry in client.sources.items())
    return {
        "core.client_source": [(client.id, name, entry.source) for name, entry in client.sources.items()],
        "core.client_network": list(_networks(catalogue, client)),
        "core.lead_part": [
            (client.id, part, origin.partition(".")[0], origin.partition(".")[2] or None)
            for part, origin in client.file.leads.items()
        ],
        "core.wanted_audience": [
            (client.id, name, groups[0], value) for name, groups in wanted if groups for value in groups[1]
        ],
        "core.annotation": annotations(client),
    }


def annotations(client: Client) -> list[Row]:
    """The rows of core.annotation."""
    return [(client.id, a.first_day, a.last_day, a.network, a.text, a.compare) for a in client.file.annotations]


def digest(catalogue: Catalogue, client: Client) -> str:
    """A fingerprint of all of it."""
    text = json.dumps([itself(client), COLUMNS, parts(catalogue, client)], default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _networks(catalogue: Catalogue, client: Client) -> Iterable[Row]:
    known = catalogue.networks.names()
    source_of: dict[str, str | None] = {name: entry.source for name, entry in client.sources.items()}
    for target in client.targets:
        source_of.setdefault(target.network, None)
    own = own_networks(client.sources)
    for name, source in source_of.items():
        if (name in known or name in own) and name not in ("all", "site"):
            yield client.id, name, source, known.get(name, name in own)
