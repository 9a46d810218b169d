"""What a source gets of the project: its connection, turns that all tasks share, and a place for renewed tokens."""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache

from smm.sources import Access, BadInput, QuotaSpent, Transient
from smm.warehouse import Connection, run
from smm.warehouse import connection as warehouse_connection

VARIABLE = "smm_vk_token_{}"  # of Airflow, by the connection's id; it masks what is called a token


@contextmanager
def opened(name: str | None) -> Iterator[Access]:
    """A source's access by the Airflow connection of this name; None = it needs none. To be used inside tasks only.

    Raises BadInput if there is no such connection.
    """
    if name is None:
        yield Access()
        return
    from airflow.sdk import Connection as AirflowConnection

    try:
        connection = AirflowConnection.get(name)
    except Exception as error:  # noqa: BLE001  (each secrets backend has its own)
        raise BadInput(f"Airflow has no usable connection {name!r} ({type(error).__name__}); add it") from None
    with ExitStack() as stack:

        @cache
        def warehouse() -> Connection:
            """Opened by the first who needs it: every statement is a transaction of its own."""
            opened = stack.enter_context(warehouse_connection())
            opened.autocommit = True
            return opened

        yield Access(connection, Turns(warehouse), Vault(name, warehouse))


class Turns:
    """One row of access.turn per token: the warehouse hands out moments, and the asker sleeps until his."""

    def __init__(self, warehouse: Callable[[], Connection], sleep: Callable[[float], None] = time.sleep) -> None:
        self._warehouse = warehouse
        self._sleep = sleep

    def take(self, token: str, methods: Collection[str], gap: timedelta) -> datetime:
        """The moment granted, by the warehouse's clock; see `smm.sources.Turns`."""
        (turn,) = run(
            self._warehouse(),
            "access/take_turn.sql",
            {"token_hash": _digest(token), "methods": list(methods), "gap": gap},
        )
        wait: timedelta = turn["wait"]
        if turn["granted_at"] is None:
            until = turn["until"].astimezone(UTC)
            raise QuotaSpent(f"{turn['reason']}; until {until:%Y-%m-%d %H:%M} UTC it is not asked again", wait)
        self._sleep(wait.total_seconds())
        granted_at: datetime = turn["granted_at"]
        return granted_at

    def stop(self, token: str, method: str | None, wait: timedelta, reason: str) -> None:
        facts = {"token_hash": _digest(token), "method": method or "", "wait": wait, "reason": reason}
        run(self._warehouse(), "access/stop.sql", facts)


class Vault:
    """An Airflow Variable per connection, which Airflow encrypts with its Fernet key.

    Airflow says "not found" for a Variable that it merely could not get. Who then spent the connection's own refresh
    token, used up long ago, would lose the login: so the warehouse remembers for which connections there must be one.
    """

    def __init__(self, connection: str, warehouse: Callable[[], Connection]) -> None:
        self._connection = connection
        self._variable = VARIABLE.format(connection)
        self._warehouse = warehouse

    def get(self, origin: str) -> dict[str, str] | None:
        from airflow.sdk import Variable

        text = Variable.get(self._variable, default=None)
        kept = json.loads(text) if text else {}
        if kept.get("origin") == _digest(origin):
            secret: dict[str, str] = kept["secret"]
            self.hide(*secret.values())
            return secret
        query = "select renewed_at from access.renewal where connection = %s and origin = %s"
        if self._warehouse().execute(query, (self._connection, _digest(origin))).fetchone():
            raise Transient(
                f"Airflow did not give its Variable {self._variable}, which has the renewed token; try again in a"
                " minute. If it was deleted: re-authorise the VK user and put the new access and refresh tokens into"
                " the connection"
            )
        return None

    def put(self, origin: str, secret: Mapping[str, str]) -> None:
        from airflow.sdk import Variable

        self.hide(*secret.values())
        text = json.dumps({"origin": _digest(origin), "secret": dict(secret)})
        try:
            Variable.set(self._variable, text, description="Written by the VK source: a user's renewed token")
            is_kept = True
        except Exception:  # noqa: BLE001  (its text may quote what was sent)
            is_kept = False
        if not is_kept:
            raise Transient(
                f"Airflow did not take its Variable {self._variable} for a renewed token; try again in a minute. If VK"
                " then refuses the renewal: re-authorise the VK user and put the new access and refresh tokens into the"
                " connection"
            )
        run(
            self._warehouse(),
            "access/note_renewal.sql",
            {"connection": self._connection, "origin": _digest(origin)},
        )

    def hide(self, *secrets: str) -> None:
        from airflow.sdk.log import mask_secret

        for secret in secrets:
            mask_secret(secret)

    @contextmanager
    def alone(self) -> Iterator[None]:
        lock = f"renew/{self._connection}"
        self._warehouse().execute("select pg_advisory_lock(hashtextextended(%s, 0))", [lock])
        try:
            yield
        finally:
            self._warehouse().execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [lock])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
