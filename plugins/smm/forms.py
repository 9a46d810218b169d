"""The fields that the DAGs' forms have in common. In every form, an empty field means all, or what is due.

Each call makes a Param of its own: Airflow keeps the value in it.
"""

from airflow.sdk import Param

from smm.project import client_ids


def clients(whose: str, all_of_them: str = "all clients") -> Param:
    """Clients by the names of their files."""
    return Param(
        None,
        type=["null", "array"],
        items={"type": "string"},
        examples=client_ids(),
        description_md=f"{whose}: the names of their files. Empty = {all_of_them}.",
    )


def month(which: str, empty: str) -> Param:
    return Param(
        None,
        type=["null", "string"],
        pattern=r"^\d{4}-(0[1-9]|1[0-2])$",
        description_md=f"{which}, written as `2025-01`. Empty = {empty}.",
    )


def day(which: str, empty: str) -> Param:
    return Param(
        None,
        type=["null", "string"],
        format="date",
        description_md=f"{which}, written as `2025-01-31`. Empty = {empty}.",
    )
