"""
### Judge the targets, write and send the letters that are due

Compares the KPIs of each month with the targets in the clients' files: met, missed, at risk, or not judged and why.
Then it writes the letters that are due, lets managers read them first, and hands them to the mail server.

**Owns** `marts.verdict` of the months that may still move (the running month, the one before until its 14th day after,
and for three months each that was rebuilt after that), the outbox `marts.letter` and `marts.delivery`, and
`marts.trouble`: what operators were told. Every hour, in each client's own zone, at the hour that its file names.

**The manager's approval:** if the agency's file has `draft_hours`, a letter waits as a `draft` for that time. The
manager gets a marked copy at once; she answers on the letter's page of the board, or with
`python -m smm letter release | hold | comment CLIENT LETTER`. Without an answer, it goes out as it is.

**By hand:** name a `month` to judge it and to write and send its letters at once, whatever the date; with `drafts`
they wait for their managers first; `send: false` only judges; `rehearse_to` sends the letters to that one address
instead, marked as a rehearsal, and records nothing. `rehearse_targets` does none of this: the log of its task shows how
the targets in the clients' files, as they are now, would have judged the last twelve stored months and which letters
would have been sent, and nothing is written.

**Rerun, retry, clear:** always safe. Verdicts are replaced; a letter is written once, and handed over once to each
reader; a second time only if it is in doubt whether the mail server accepted it, and then with the same Message-ID. The
letters of more than 50 clients are divided among two tasks `write` and two tasks `deliver`.

**A red run**: its task `outcome` names client files with mistakes, broken KPIs and the targets that are therefore not
judged, and tables of plans that were not loaded yet or plan a month that the client's file plans too: the targets
of such a client stay as they were. Tables are loaded by `ingest_plans`, and nothing is fetched here. `deliver` names
readers whose server refused, and letters that were held because something in them was wrong. It also names refusals
for a reason on our side (a quota, a right, a name that is not verified): these do not count as a reader's refusal.
Such letters, letters that a server deferred, and letters that a lost connection left in doubt are tried again by the
next run, then after 1, 2, 4, 8, 16 and every 24 hours, for seven days. `tell` mails all of this to the agency's
`operators`, each problem once, at most once a day.
"""

import logging
from contextlib import ExitStack
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import Param, TriggerRule, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from smm import forms
from smm.tasks import DEFAULTS, failed_tasks

if TYPE_CHECKING:
    from smm.letters.delivery import Delivered

log = logging.getLogger(__name__)

FEW = 50  # clients; the letters of more are written and delivered by two tasks at once
Parts = list[list[str]]  # the clients that can be judged, by the task that has their letters


@task
def read_files() -> Parts:
    """Bring the files into the warehouse; the ids of the clients that can be judged, in one or two parts."""
    from smm import roster, warehouse
    from smm.roster import promised

    if params()["rehearse_targets"]:
        raise AirflowSkipException("only a rehearsal of the targets was asked for")
    with warehouse.connection() as connection:
        known, found = roster.bring(connection, params()["clients"])
        served = promised.bring(connection, known, found.by_id.values())
    parts = 2 if len(served) > FEW else 1
    return [served[part::parts] for part in range(parts)]


@task
def judge(parts: Parts) -> None:
    """The verdicts of the months that may still move, or of the month that was named."""
    from smm import warehouse
    from smm.verdicts import judging as targets

    clients = [client for part in parts for client in part]
    with ExitStack() as stack:
        connections = [stack.enter_context(warehouse.connection()) for _ in range(targets.PARTS)]
        named = month()
        months = {named: clients} if named else targets.open_months(connections[0], clients, as_of())
        for each, judged in months.items():
            targets.judge_beside(connections, judged, each, as_of())


@task
def write(clients: list[str]) -> None:
    """Put the letters that are due into the outbox, each client's in a transaction of its own; its manager first."""
    from smm import warehouse
    from smm.files import agency
    from smm.letters import approval, looks, outbox, post

    skip_unless_sending()
    domain = post.airflow_post().domain
    hours = 0 if month() and not params()["drafts"] else agency.read().draft_hours
    with warehouse.connection() as connection:
        outbox.take_back_warnings(connection, clients)
        due = outbox.due(connection, clients, as_of(), month())
        connection.commit()
        look = looks.Looks()
        failures = []
        for client, kind, each in due:
            try:
                with connection.transaction():
                    if letter := outbox.write(connection, client, each, as_of(), domain, kind, look):
                        approval.give(connection, client, letter, hours, as_of())
            except Exception as error:  # noqa: BLE001  (a letter that cannot be written stops no other client's)
                failures.append(f"{client}: {kind} of {each:%Y-%m}: {type(error).__name__}: {error}")
    if failures:
        raise AirflowFailException("\n".join(failures))


@task(trigger_rule=TriggerRule.NONE_SKIPPED)  # also when one client's letter could not be written
def deliver(clients: list[str]) -> None:
    """Hand over the letters in the outbox, one SMTP transaction per reader."""
    from smm import warehouse
    from smm.letters import delivery, post

    with warehouse.connection() as connection:
        told(delivery.deliver(connection, post.airflow_post(), clients, as_of()))


@task(trigger_rule=TriggerRule.ALL_DONE)  # above all when something has failed
def tell() -> None:
    """Mail to the operators what could not be settled without them, if there is anything new."""
    from smm import catalogue, clients, roster, warehouse
    from smm.files import agency
    from smm.letters import delivery, post, trouble
    from smm.roster import promised

    skip_unless_sending()
    operators = agency.read().operators
    if not operators:
        raise AirflowSkipException("the agency's file names no operators")
    known = catalogue.read()
    with warehouse.connection() as connection:
        found = roster.servable(connection, clients.read(known))
        refused = promised.of(connection, known, found.by_id.values()).refused
        troubles = [*trouble.of_files(known, found, refused), *trouble.of_warehouse(connection, found, as_of())]
        trouble.write(connection, troubles, operators, as_of(), post.airflow_post().domain)
        connection.commit()
        told(delivery.deliver(connection, post.airflow_post(), [trouble.OPERATORS], as_of()))


@task
def rehearse(parts: Parts) -> None:
    """Send the month's letters to one address, marked as a rehearsal."""
    from smm import warehouse
    from smm.letters import looks, outbox, post, rehearsal

    address = params()["rehearse_to"]
    if not address:
        raise AirflowSkipException("no rehearsal was asked for")
    named = month()
    if named is None:
        raise AirflowFailException("name the month to rehearse, such as 2026-03")
    look = looks.Looks()
    failures = []
    for client in (client for part in parts for client in part):
        sent = []
        try:
            with warehouse.connection() as connection:
                for _, kind, each in outbox.due(connection, [client], as_of(), named):
                    if rehearsal.rehearse(connection, post.airflow_post(), client, each, as_of(), address, kind, look):
                        sent.append(kind)
        except Exception as error:  # noqa: BLE001  (a letter that cannot be sent stops no other client's)
            failures.append(f"{client}: {type(error).__name__}: {error}")
        log.info("%s: %s", client, f"{', '.join(sent)} sent to {address}" if sent else "nothing was sent of this month")
    if failures:
        raise AirflowFailException("\n".join(failures))


@task
def rehearse_targets() -> None:
    """Tell how the targets in the files, as they are now, would have judged the stored months; write nothing."""
    from smm import catalogue, clients, warehouse
    from smm.clients import plans
    from smm.rehearsal import months as rehearse
    from smm.rehearsal import table as rehearsal_table

    if not params()["rehearse_targets"]:
        raise AirflowSkipException("no rehearsal of the targets was asked for")
    known = catalogue.read()
    found = clients.read(known, only=params()["clients"])
    targets, refused = plans.read(known, found)  # as people wrote them, before they are loaded
    failures = [str(mistakes) for mistakes in refused.values()]
    for client, asked in targets.items():
        try:
            with warehouse.connection() as connection:
                done = rehearse.rehearse(connection, known, found.by_id[client], asked, as_of())
        except Exception as error:  # noqa: BLE001  (what cannot be rehearsed stops no other client's)
            failures.append(f"{client}: {type(error).__name__}: {error}")
            continue
        for line in rehearsal_table.lines(done, known):
            log.info("%s", line)
    if failures:
        raise AirflowFailException("\n".join(failures))


@task(trigger_rule=TriggerRule.ALL_DONE)
def outcome() -> None:
    """Fail if a task has failed, or a file has a mistake: a client's (that gets no letters), a KPI's, the agency's."""
    from smm import catalogue, clients, roster, warehouse
    from smm.files import agency
    from smm.roster import promised

    known = catalogue.read()
    with warehouse.connection() as connection:
        found = roster.servable(connection, clients.read(known, only=params()["clients"]))
        promises = promised.of(connection, known, found.by_id.values())
    refused = [*known.broken.values(), *found.refused.values(), *promises.refused.values()]
    dark = [target for client in found.by_id.values() for target in client.dark]
    if mistakes := [*agency.mistakes(), *refused, *dark]:
        raise AirflowFailException("\n".join(map(str, mistakes)))
    if broken := failed_tasks():
        raise AirflowFailException(f"{', '.join(broken)} failed: see the log of the first")


def told(done: "Delivered") -> None:
    """Log what went out, and fail naming what did not and will not by itself."""
    for word, lines in (("sent", done.sent), ("put off", done.waiting)):
        for line in lines:
            log.info("%s: %s", word, line)
    lines = [f"refused: {line}" for line in done.refused]
    lines += [f"refused to us, and tried again: {line}" for line in done.pressing]
    lines += [f"held: {line}" for line in done.held]
    if lines:
        raise AirflowFailException("\n".join(lines))


def skip_unless_sending() -> None:
    if not params()["send"] or params()["rehearse_to"] or params()["rehearse_targets"]:
        raise AirflowSkipException("nothing is to be sent")


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
        "clients": forms.clients("Whose targets are judged"),
        "month": forms.month("The month to judge and to write about", "all months and letters that are due"),
        "send": Param(True, type="boolean", description_md="Write and send letters; else only judge."),
        "drafts": Param(
            False,
            type="boolean",
            description_md="Let the letters about the month named above wait for their managers, as `draft_hours` in"
            " the agency's file says; else they are sent at once.",
        ),
        "rehearse_to": Param(
            None,
            type=["null", "string"],
            format="email",
            description_md="Send the letters about the month to this address only, as a rehearsal. Empty = to the"
            " clients' readers.",
        ),
        "rehearse_targets": Param(
            False,
            type="boolean",
            description_md="Only log how the targets in the files would have judged the stored months.",
        ),
    },
)
def report_targets() -> None:
    parts: Any = read_files()
    judged = judge(parts)
    delivered = deliver.expand(clients=parts)
    judged >> write.expand(clients=parts) >> delivered
    delivered >> tell() >> (last := outcome())
    [delivered, judged >> rehearse(parts), rehearse_targets()] >> last


report_targets()
