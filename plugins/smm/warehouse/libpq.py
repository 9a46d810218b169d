"""What Airflow's connection `warehouse` says, as libpq's settings: all that it says, or a refusal.

Airflow's own hook, which runs the SQL tasks, takes the extras as they are. What only the hook obeys would make it
connect in another way than all other tasks, and is refused.
"""

import json
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import pq

if TYPE_CHECKING:
    from airflow.sdk import Connection

OF_THE_HOOK = (
    *("iam", "aws_conn_id", "azure_conn_id", "redshift", "redshift-serverless", "cluster-identifier", "workgroup-name"),
    *("cursor", "sqlalchemy_scheme", "sqlalchemy_query", "enable_log_db_messages", "client_log_level"),
)
FIELDS = {"host": "host", "port": "port", "user": "login", "password": "password", "dbname": "schema"}


class BadConnection(ValueError):
    """The connection says what cannot be obeyed. The text quotes no value: it may be a password."""


def keywords() -> list[str]:
    """The settings that this libpq knows."""
    return sorted(option.keyword.decode() for option in pq.Conninfo.get_defaults())


def conninfo(connection: "Connection") -> str:
    """The fields and extras of Airflow's connection as psycopg takes them; what is empty is libpq's default.

    Raises BadConnection, with everything that is wrong.
    """
    fields = {keyword: getattr(connection, field) for keyword, field in FIELDS.items()}
    settings = {keyword: value for keyword, value in fields.items() if value is not None}
    wrong = []
    for name, value in _extras(connection).items():
        if text := _refused(name, value, settings):
            wrong.append(text)
        elif value is not None:
            settings[name] = value
    if wrong:
        raise BadConnection(f"the extra of Airflow's connection {connection.conn_id}: {'; '.join(wrong)}")
    return psycopg.conninfo.make_conninfo(**settings)


def _extras(connection: "Connection") -> dict[str, Any]:
    """Airflow takes an extra that it cannot read for an empty one."""
    try:
        found = json.loads(connection.extra or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        text = 'must be a JSON object, such as {"target_session_attrs": "read-write"}'
        raise BadConnection(f"the extra of Airflow's connection {connection.conn_id} {text}")
    return found


def _refused(name: str, value: Any, settings: dict[str, Any]) -> str | None:
    """What is wrong with an extra, and what to write instead."""
    known = keywords()
    shown = repr(name) if re.fullmatch(r"[\w-]{1,40}", name) else "a name with other characters than letters and _"
    if name in OF_THE_HOOK:
        return f"{shown} is used only by Airflow's SQL tasks, not by the other tasks: remove it"
    if name not in known:
        near = get_close_matches(name, known, 1)
        instead = f"write {near[0]}" if near else f"there are {', '.join(known)}"
        return f"{shown} is not a setting of libpq: {instead}"
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        return f"{name} must be a text or a whole number" + (": write 1 or 0" if isinstance(value, bool) else "")
    if name in FIELDS and name in settings:
        return f"{name} is already in the connection's field {FIELDS[name]}: keep one of the two"
    return None
