"""
### Judge the targets, write and send the letters that are due

**Owns** `marts.verdict` of the months that may still move (the running month, and the one before until its 14th day
after), and the outbox `marts.letter` and `marts.delivery`. Every hour: a letter is due from the 4th, at the hour that
the client's file names, in the client's own zone, for seven days.

**By hand:** name a `month` to judge it and to write and send its letters at once, whatever the date; `send: false` only
judges; `rehearse_to` sends the letters to that one address instead, marked as a rehearsal, and notes nothing.
`rehearse_targets` does none of this: the log of its task tells how the targets in the clients' files, as they are now,
would have judged the last twelve stored months and which letters they would have mailed, and nothing is written.

**Rerun, retry, clear:** always safe. Verdicts are replaced; a letter is written once, and handed over once to each
reader; a second time only if it is in doubt whether the mail server took it, and then with the same Message-ID.

**A red run** names in its task `outcome` client files with mistakes, broken KPIs and the targets that are not judged
therefore; `deliver` names readers whose server refused, and letters that were held because something in them was wrong.
What a server put off is tried again in an hour.
"""

import logging
from datetime import date, datetime
from typing import Any

from airflow.sdk import Param, TriggerRule, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from smm.project import client_ids
from smm.tasks import DEFAULTS, failed_tasks

log = logging.getLogger(__name__)


@task
def read_files() -> list[str]:
    """Bring the files into the warehouse; the ids of the clients whose files are in order."""
    from smm import catalogue, clients, plans, roster, warehouse

    if params()["rehearse_targets"]:
        raise AirflowSkipException("only a rehearsal of the targets was asked for")
    known = catalogue.read()
    found = clients.read(known, only=params()["clients"])
    targets, _ = plans.read(known, found)
    with warehouse.connection() as connection:
        catalogue.store(connection, known)
        roster.store(connection, known, found.by_id.values())
        for client in targets:
            roster.store_targets(connection, client, targets[client])
    return sorted(targets)


@task
def judge(clients: list[str]) -> None:
    """The verdicts of the months that may still move, or of the month that was named."""
    from smm import targets, warehouse

    with warehouse.connection() as connection:
        named = month()
        months = {named: clients} if named else targets.open_months(connection, clients, as_of())
        for each, judged in months.items():
            targets.judge(connection, judged, each, as_of())


@task
def write(clients: list[str]) -> None:
    """Put the letters that are due into the outbox, each client's in a transaction of its own."""
    from smm import warehouse
    from smm.letters import outbox, post

    if not params()["send"] or params()["rehearse_to"]:
        raise AirflowSkipException("nothing is to be sent")
    domain = post.airflow_post().domain
    with warehouse.connection() as connection:
        due = outbox.due(connection, clients, as_of(), month())
        connection.commit()
        failures = {}
        for client, kind, each in due:
            try:
                with connection.transaction():
                    outbox.write(connection, client, each, as_of(), domain, kind)
            except Exception as error:  # noqa: BLE001  (a letter that cannot be written stops no other client's)
                failures[client] = f"{type(error).__name__}: {error}"
    if failures:
        raise AirflowFailException("\n".join(f"{client}: {text}" for client, text in failures.items()))


@task(trigger_rule=TriggerRule.NONE_SKIPPED)  # also when one client's letter could not be written
def deliver(clients: list[str]) -> None:
    """Hand over what lies in the outbox, one SMTP transaction per reader."""
    from smm import warehouse
    from smm.letters import delivery, post

    with warehouse.connection() as connection:
        done = delivery.deliver(connection, post.airflow_post(), clients, as_of())
    for word, lines in (("sent", done.sent), ("put off", done.waiting)):
        for line in lines:
            log.info("%s: %s", word, line)
    if done.refused or done.held:
        lines = [f"refused: {line}" for line in done.refused] + [f"held: {line}" for line in done.held]
        raise AirflowFailException("\n".join(lines))


@task
def rehearse(clients: list[str]) -> None:
    """Send the month's letters to one address, marked as a rehearsal."""
    from smm import warehouse
    from smm.letters import post, rehearsal

    address = params()["rehearse_to"]
    if not address:
        raise AirflowSkipException("no rehearsal was asked for")
    named = month()
    if named is None:
        raise AirflowFailException("name the month to rehearse, such as 2026-03")
    for client in clients:
        with warehouse.connection() as connection:
            was_sent = rehearsal.rehearse(connection, post.airflow_post(), client, named, as_of(), address)
        log.info("%s: %s", client, f"sent to {address}" if was_sent else "there is nothing to say of this month")


@task
def rehearse_targets() -> None:
    """Tell how the targets in the files, as they are now, would have judged the stored months; write nothing."""
    from smm import catalogue, clients, plans, rehearsal_table, rehearse, warehouse

    if not params()["rehearse_targets"]:
        raise AirflowSkipException("no rehearsal of the targets was asked for")
    known = catalogue.read()
    found = clients.read(known, only=params()["clients"])
    targets, _ = plans.read(known, found)
    for client, asked in targets.items():
        with warehouse.connection() as connection:
            done = rehearse.rehearse(connection, known, found.by_id[client], asked, as_of())
        for line in rehearsal_table.lines(done, known):
            log.info("%s", line)


@task(trigger_rule=TriggerRule.ALL_DONE)
def outcome() -> None:
    """Fail if a task has failed, or a file has a mistake: a client's, which gets no letter then, or a KPI's."""
    from smm import catalogue, clients, plans

    known = catalogue.read()
    found = clients.read(known, only=params()["clients"])
    refused = [*known.broken.values(), *found.refused.values(), *plans.read(known, found)[1].values()]
    dark = [target for client in found.by_id.values() for target in client.dark]
    if refused or dark:
        raise AirflowFailException("\n".join(str(mistake) for mistake in (*refused, *dark)))
    if broken := failed_tasks():
        raise AirflowFailException(f"{', '.join(broken)} failed: see the log of the first")


def params() -> dict[str, Any]:
    """What was asked for in the form."""
    return dict(get_current_context()["params"])


def month() -> date | None:
    """The month that was named."""
    return date.fromisoformat(f"{params()['month']}-01") if params()["month"] else None


def as_of() -> datetime:
    """The moment that the run stands for."""
    return get_current_context()["dag_run"].run_after


@dag(
    schedule="@hourly",
    description="Judge the targets, write and send the letters that are due",
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["letters"],
    doc_md=__doc__,
    params={
        "clients": Param(
            None,
            type=["null", "array"],
            items={"type": "string"},
            examples=client_ids(),
            description="null = all clients",
        ),
        "month": Param(
            None,
            type=["null", "string"],
            pattern=r"^\d{4}-(0[1-9]|1[0-2])$",
            description="YYYY-MM; null = what is due",
        ),
        "send": Param(True, type="boolean", description="write and send letters; else only judge"),
        "rehearse_to": Param(
            None, type=["null", "string"], format="email", description="send to this address only, as a rehearsal"
        ),
        "rehearse_targets": Param(
            False, type="boolean", description="only log how the files' targets would have judged the stored months"
        ),
    },
)
def report_targets() -> None:
    clients: Any = read_files()
    judged = judge(clients)
    delivered = deliver(clients)
    judged >> write(clients) >> delivered
    [delivered, judged >> rehearse(clients), rehearse_targets()] >> outcome()


report_targets()
