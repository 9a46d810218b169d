"""The project's own commands: files and the warehouse, without Airflow's UI.

The warehouse is the one that libpq's PG* variables name; without PGDATABASE, Airflow's connection `warehouse`.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from getpass import getpass, getuser
from os import environ
from pathlib import Path

import psycopg

from smm import catalogue, clients, project, sources, warehouse
from smm.board import kpi_page
from smm.clients import plans
from smm.files import agency, languages
from smm.files.checked import Mistake, Mistakes
from smm.loading import access, dags, expectations, ledger
from smm.loading.late import counted, switched_off
from smm.loading.late import late as behind
from smm.rehearsal import months as rehearsing
from smm.rehearsal import table as rehearsal_table
from smm.sources import declared, words
from smm.upkeep import forget as forgetting
from smm.upkeep import role as readers
from smm.warehouse import libpq


def check() -> int:
    """Print every mistake of every file. 0 = there is none."""
    mistakes: list[Mistake] = []
    notes: list[Mistake] = []
    checked: list[str] = []
    try:
        known = catalogue.read()
        mistakes += declared.mistakes(known.measures)
        found = clients.read(known)
        _, refused_plans = plans.read(known, found)
        for refused in (*known.broken.values(), *found.refused.values(), *refused_plans.values()):
            mistakes += refused.mistakes
        mistakes += (target for client in found.by_id.values() for target in client.dark)
        texts = {name: kpi.texts for name, kpi in known.kpis.items()}
        mistakes += [*languages.mistakes(texts), *words.mistakes(), *agency.mistakes()]
        notes += [*languages.untold(texts), *words.untold()]
        notes += (note for client in found.by_id.values() for note in client.notes)
        if not found.refused:  # whose managers are not known
            managers = (client.file.report.manager for client in found.by_id.values())
            notes += agency.notes(filter(None, managers))
        checked += [f"{len(known.kpis)} KPIs", f"{counted(len(found.by_id))} in {project.clients_folder()}"]
    except Mistakes as refused:  # of networks.yml or measures.yml, on which the rest stands
        mistakes += refused.mistakes
    except sources.Unfinished:  # told by `declared`; clients and words stand on it
        pass
    try:
        checked.append(f"{len(expectations.read())} audited relations")
    except Mistakes as refused:
        mistakes += refused.mistakes
    except sources.Unfinished:
        pass
    for mistake in mistakes:
        print(mistake)
    for note in notes:
        print(f"Note: {note}")
    print(f"In order: {', '.join(checked) or 'nothing'}. Mistakes: {len(mistakes)}.")
    return 1 if mistakes else 0


def migrate() -> int:
    """Bring the warehouse to the newest schema."""
    with opened() as connection:
        try:
            applied = warehouse.migrate(connection)
        except warehouse.NewerWarehouse as refused:
            return fail(str(refused))
    print(f"applied {', '.join(applied)}" if applied else "the warehouse is up to date")
    return 0


def forget(client: str, source: str | None, is_sure: bool) -> int:
    """Delete all that is stored of a client, or of one of its sources."""
    name = f"{client}: {source}" if source else client
    with opened() as connection:
        try:
            found = forgetting.trace(connection, client, source)
            if not found:
                print(f"nothing is stored for {name}")
                return 0
            print(f"{name}: what is stored", *found.lines(), sep="\n")
            if not is_sure:
                print("Nothing was deleted. To delete all of this for good, run the same command with --yes.")
                return 0
            forgetting.forget(connection, found)
        except ValueError as refused:
            connection.rollback()
            return fail(str(refused))
    print("All of this was deleted." + (" The KPIs were computed again from the remaining data." if source else ""))
    for unused in sorted(found.connections):
        print(f"No client uses Airflow's connection {unused} any more: delete it,", end=" ")
        print(f"and the Variable {access.VARIABLE.format(unused)} if there is one.")
    return 0


def accept(client: str, source: str) -> int:
    """Answer yes to the question whether a source may be another one from now on."""
    with opened() as connection:
        if not ledger.is_questioned(connection, client, source):
            return fail(
                f"the last load of {client}: {source} did not stop for a question, so there is nothing to accept"
            )
        query = "delete from core.identity where client = %s and network = %s returning facts"
        row = connection.execute(query, [client, source]).fetchone()
    if row is None:
        return fail(f"{client}: {source} is accepted already; start a run, or wait for the next")
    facts = ", ".join(f"{name} {value}" for name, value in row["facts"].items())
    print(f"{client}: {source} was {facts}. What the next run finds is accepted: start one, or wait for it.")
    return 0


def late() -> int:
    """Name what should have happened and did not. 0 = nothing."""
    with opened() as connection:
        found = clients.read(catalogue.read())
        lines = behind(connection, found, datetime.now(UTC))
    if dags.is_readable():
        lines = [*switched_off(dags.known(), found), *lines]
    print("\n".join(lines) or f"nothing is late for {counted(len(found.by_id))} in {project.clients_folder()}")
    return 1 if lines else 0


def rehearse(client: str, months: int, path: Path | None) -> int:
    """Show how the client's targets, as its file has them now, would have judged the stored months."""
    try:
        known = catalogue.read()
        asked, targets = rehearsing.asked(known, client, path)
    except (clients.UnknownClient, Mistakes) as refused:
        return fail(str(refused))
    with opened() as connection:
        done = rehearsing.rehearse(connection, known, asked, targets, datetime.now(UTC), months)
    print("\n".join(rehearsal_table.lines(done, known)))
    return 0


def letter(given: argparse.Namespace) -> int:
    """The manager's word on a letter, or the list of a client's letters."""
    from smm.letters import approval, departure  # what renders letters is slow to import, so not at the top

    with opened() as connection:
        at, by = datetime.now(UTC), getuser()
        try:
            match given.deed:
                case "list":
                    lines = [approval.line(row) for row in approval.listed(connection, given.client)]
                    print("\n".join(lines) or f"{given.client} has no letters")
                    return 0
                case "release":
                    approval.release(connection, given.client, given.letter, at, by)
                    said = f"will be sent to its readers at {departure.told(at)}"
                case "again":
                    readers = approval.again(connection, given.client, given.letter, at, by)
                    said = f"will be sent to {', '.join(readers)} at {departure.told(at)}"
                case "hold":
                    approval.hold(connection, given.client, given.letter, at, by)
                    said = "is held until it is released"
                case _:
                    if given.text is None and given.next is None:
                        return fail("say --text, --next or both; an empty text removes the old one")
                    text, next_steps = (
                        {given.language: each} if given.language and each is not None else each
                        for each in (given.text, given.next)
                    )
                    unheard = approval.comment(connection, given.client, given.letter, text, next_steps)
                    said = "\n".join(["now has this text; it was neither released nor held", *unheard])
        except (approval.UnknownLetter, approval.TooLate, approval.NotRefused, approval.Outdated) as refused:
            return fail(str(refused))
    print(f"{given.client}: {given.letter} {said}")
    return 0


def page(deed: str, client: str, recipient: str | None) -> int:
    """Who can open a page of his own, or the end of the links to it."""
    from smm.letters import page_link  # what renders letters is slow to import, so not at the top

    with opened() as connection:
        now = datetime.now(UTC)
        rows = page_link.listed(connection, client, now)
        if deed == "list":
            print("\n".join(map(page_link.line, rows)) or f"no reader of {client} has had a link that works")
            return 0
        revoked = page_link.revoke(connection, client, recipient, now, getuser())
    if not revoked:
        whose = f"{recipient} has no link" if recipient else "no reader has a link"
        return fail("\n".join([f"{client}: {whose} that works", *map(page_link.line, rows)]))
    for reader, links in revoked.items():
        print(f"{client}: {reader}: links revoked: {links}")
    print("The next letter has a new link, if the reader is still in the client's file.")
    return 0


def preview(client: str, month: date, language: str | None) -> int:
    """Write the letter about a client's judged month into files; send nothing."""
    from smm.letters import outbox  # what renders letters is slow to import, so not at the top
    from smm.letters import preview as previews
    from smm.letters.guard import Unfit

    folder, at = project.ROOT / ".smm" / "letters", datetime.now(UTC)
    with opened() as connection:
        try:
            paths = [
                path
                for _, kind, each in outbox.due(connection, [client], at, month)
                for path in previews.write(connection, client, each, at, folder, kind, language)
            ]
        except (Mistakes, Unfit) as refused:
            return fail(str(refused))
    if not paths:
        return fail(f"{client}: there is no letter about {month:%Y-%m}: it is not judged, or the file names no letters")
    print("Nothing was sent. The letter is in", *paths, sep="\n")
    return 0


def reader(name: str) -> int:
    """Make a login role that only reads the KPIs, or give the one of this name another password."""
    with opened() as connection:
        try:
            readers.check(connection, name)
        except readers.NotAReader as refused:
            return fail(str(refused))
        typed = getpass(f"Password of {name} (leave empty to have one made and shown): ") if sys.stdin.isatty() else ""
        password = typed or readers.password()
        steps = readers.statements(connection, name, password)
        try:
            for step in steps:
                connection.execute(step.encode())
            connection.commit()
        except psycopg.errors.InsufficientPrivilege as refused:
            connection.rollback()
            print("begin;", *(f"{step};" for step in steps), "commit;", sep="\n")
            done = fail(
                f"{connection.info.user}: {refused.diag.message_primary}. Let an administrator run this SQL there."
            )
        else:
            done = 0
            print(
                f"{name} may read the KPIs in {connection.info.dbname}, {connection.info.host}:{connection.info.port}"
            )
    if not typed:
        print(f"Password of {name}, shown only once: {password}", file=sys.stderr)
    return done


def kpis() -> int:
    """Print docs/kpis.md, as the catalogue is now."""
    try:
        print(kpi_page.page(catalogue.read()), end="")
    except Mistakes as refused:
        return fail(str(refused))
    return 0


def tables() -> int:
    """Print docs/bi.md, as the columns are now."""
    from smm.board import columns  # FastAPI is slow to import, so not at the top

    print(columns.page(), end="")
    return 0


def fail(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


@contextmanager
def opened() -> Iterator[warehouse.Connection]:
    if environ.get("PGDATABASE"):
        with warehouse.connect() as connection:
            yield connection
        return
    from airflow.sdk.exceptions import AirflowNotFoundException  # 2 s of imports, so not at the top

    try:
        with warehouse.connection() as connection:
            yield connection
    except AirflowNotFoundException:
        sys.exit("no warehouse is set: set PGHOST, PGDATABASE ..., or AIRFLOW_CONN_WAREHOUSE as Airflow has it")


def parser() -> argparse.ArgumentParser:
    named = argparse.ArgumentParser(prog="python -m smm", description=__doc__)
    commands = named.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("check", help="read the client, agency, KPI and expectation files; print every mistake")
    commands.add_parser("migrate", help="upgrade the warehouse")
    commands.add_parser("kpis", help="print docs/kpis.md: every KPI, its formula and its limits")
    commands.add_parser("late", help="name what should have happened and did not; exit 1 if there is anything")
    command = commands.add_parser("forget", help="delete all data of a client, or of one of its sources")
    command.add_argument("client", metavar="CLIENT", help="the name of its file, without .yml")
    command.add_argument("source", metavar="SOURCE", nargs="?", help="the source's name in that file")
    command.add_argument("--yes", action="store_true", help="delete; without it, only show what is stored")
    command = commands.add_parser("accept", help="accept that a source's property, zone or currency has changed")
    command.add_argument("client", metavar="CLIENT")
    command.add_argument("source", metavar="SOURCE", help="its name in the client's file")
    command = commands.add_parser(
        "rehearse", help="show how the targets in a client's file, as it is now, would have judged"
    )
    command.add_argument("client", metavar="CLIENT", help="the name of its file, without .yml")
    command.add_argument("--months", metavar="N", type=count, default=rehearsing.MONTHS, help="the newest N (12)")
    command.add_argument("--file", metavar="PATH", type=Path, help="a changed file, to use instead of the client's")
    command = commands.add_parser("letter", help="list a client's letters; release, hold, comment or repeat one")
    deeds = command.add_subparsers(dest="deed", required=True, metavar="DEED")
    for deed, told in (
        ("list", "every letter with its state, newest first"),
        ("release", "send it at the next full hour, without waiting any longer for the manager"),
        ("hold", "keep it from its readers until it is released"),
        ("comment", "add the manager's comment and next steps"),
        ("again", "send it once more to the readers whose mail server refused it"),
    ):
        command = deeds.add_parser(deed, help=told)
        command.add_argument("client", metavar="CLIENT", help="the name of its file, without .yml")
        if deed != "list":
            command.add_argument("letter", metavar="LETTER", help="such as 2025-10-missed-1")
        if deed == "comment":
            command.add_argument("--text", metavar="TEXT", help="the comment; empty = none")
            command.add_argument("--next", metavar="TEXT", help="the next steps; empty = none")
            command.add_argument(
                "--language", choices=languages.known(), help="the language of the texts; without it, the client's"
            )
    command = commands.add_parser("page", help="list readers' links to their own pages, or end them")
    deeds = command.add_subparsers(dest="deed", required=True, metavar="DEED")
    for deed, told in (
        ("list", "the readers with a working link, and how often each opened the page"),
        ("revoke", "end the links of all readers of a client, or of one"),
    ):
        command = deeds.add_parser(deed, help=told)
        command.add_argument("client", metavar="CLIENT", help="the name of its file, without .yml")
        if deed == "revoke":
            command.add_argument(
                "reader", metavar="READER", nargs="?", help="the reader's mail address; without it, all readers"
            )
    command = commands.add_parser("reader", help="make a login role that only reads the KPIs, or set its password")
    command.add_argument("name", metavar="NAME", help="its name, such as bi; you are asked for its password")
    commands.add_parser("tables", help="print docs/bi.md: the tables for other tools, column by column")
    command = commands.add_parser("preview", help="write the letter about a judged month into files; send nothing")
    command.add_argument("client", metavar="CLIENT")
    command.add_argument("month", metavar="MONTH", type=first_day, help="such as 2026-03")
    command.add_argument("--language", choices=languages.known(), help="instead of the client's")
    return named


def first_day(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a month such as 2026-03, found {text!r}") from None


def count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"must be a number of months, found {text!r}")
    return int(text)


def main() -> int:
    given = parser().parse_args()
    try:
        match given.command:
            case "forget":
                return forget(given.client, given.source, given.yes)
            case "accept":
                return accept(given.client, given.source)
            case "letter":
                return letter(given)
            case "page":
                return page(given.deed, given.client, getattr(given, "reader", None))
            case "rehearse":
                return rehearse(given.client, given.months, given.file)
            case "reader":
                return reader(given.name)
            case "preview":
                return preview(given.client, given.month, given.language)
            case command:
                return {"check": check, "migrate": migrate, "late": late, "kpis": kpis, "tables": tables}[command]()
    except (project.NoClientsFolder, libpq.BadConnection) as error:
        return fail(str(error))
    except psycopg.OperationalError as error:
        return fail(f"the warehouse: {error}")


if __name__ == "__main__":
    sys.exit(main())
