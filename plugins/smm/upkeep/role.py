"""Login roles that read the KPIs and nothing else: for tools for reports, which log in to the warehouse themselves.

A role of this kind reads marts.*, catalogue.* and of core what targets and coverage say; not what is staged or
archived, no letter's words and nobody's address. Tables that a later version adds to marts and catalogue are readable
at once.
"""

import re
import secrets

from psycopg import sql

from smm.warehouse import Connection

MARK = "reads the KPIs of social media marketing"  # the comment by which our readers are known
READABLE = ("marts", "catalogue")  # schemas
OF_CORE = ("client_network", "target_version", "target", "plan", "baseline", "annotation", "coverage")
HIDDEN = ("letter", "delivery", "trouble")  # of marts: they name people; marts.mailing and marts.client do not
SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "5min",
    "idle_in_transaction_session_timeout": "10min",  # an open transaction keeps the warehouse from clearing up
}
CONNECTIONS = 10


class NotAReader(ValueError):
    """The name is none for a reader. The text says why."""


def check(warehouse: Connection, name: str) -> None:
    """Raises NotAReader for a name that is not plain, or belongs to another role."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) or name.startswith("pg_") or name in ("public", "none"):
        raise NotAReader(f"{name!r} is not a valid name: write it with a-z, 0-9 and _, such as bi")
    query = "select shobj_description(oid, 'pg_authid') as mark from pg_roles where rolname = %s"
    role = warehouse.execute(query, [name]).fetchone()
    if role is not None and role["mark"] != MARK:
        raise NotAReader(f"there is already a role {name}, which was not made by this command: choose another name")


def password() -> str:
    return secrets.token_urlsafe(24)


def statements(warehouse: Connection, name: str, password: str) -> list[str]:
    """What makes the role, or brings it up to date with this password, one statement each.

    Of the password only what Postgres keeps of it stands there (SCRAM): a server may write statements into its log.
    """
    role, owner = sql.Identifier(name), sql.Identifier(warehouse.info.user)
    kept = warehouse.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    exists = warehouse.execute("select from pg_roles where rolname = %s", [name]).fetchone() is not None
    word = sql.SQL("alter role" if exists else "create role")
    limits = sql.SQL("{} {} login connection limit {} password {}")
    found: list[sql.Composable] = [limits.format(word, role, sql.Literal(CONNECTIONS), sql.Literal(kept))]
    found.append(sql.SQL("comment on role {} is {}").format(role, sql.Literal(MARK)))
    for setting, value in SETTINGS.items():
        found.append(sql.SQL("alter role {} set {} = {}").format(role, sql.Identifier(setting), sql.Literal(value)))
    database = sql.Identifier(warehouse.info.dbname)
    found.append(sql.SQL("grant connect on database {} to {}").format(database, role))
    # by birth everybody may, a reader too: its temporary tables and functions would fill the warehouse's disk
    found.append(sql.SQL("revoke temporary on database {} from public").format(database))
    for schema in (*READABLE, "core"):
        found.append(sql.SQL("grant usage on schema {} to {}").format(sql.Identifier(schema), role))
    for schema in READABLE:
        place = sql.Identifier(schema)
        found.append(sql.SQL("grant select on all tables in schema {} to {}").format(place, role))
        later = sql.SQL("alter default privileges for role {} in schema {} grant select on tables to {}")
        found.append(later.format(owner, place, role))
    tables = sql.SQL(", ").join(sql.Identifier("core", table) for table in OF_CORE)
    found.append(sql.SQL("grant select on {} to {}").format(tables, role))
    hidden = sql.SQL(", ").join(sql.Identifier("marts", table) for table in HIDDEN)
    found.append(sql.SQL("revoke all on {} from {}").format(hidden, role))
    return [one.as_string(warehouse) for one in found]
