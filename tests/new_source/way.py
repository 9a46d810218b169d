"""`python -m tests.new_source.way CLIENT FOLDER`: the whole way of a client's data, in a process of its own.

Prints as JSON what came of it: the load, KPIs, the verdict, the letter, the board's page, and what is left after
`forget`. Run with a `smm` on PYTHONPATH that has one source more.
"""

import json
import sys
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests import clock

NOW = datetime(2026, 11, 17, 9, 20, tzinfo=UTC)
MONTH = date(2026, 10, 1)
EVERYTHING = {"clients": None, "first_month": None, "last_month": None}


def load(client: str, source: str) -> list[dict[str, Any]]:
    """From the client's file to core: the rows of the ledger."""
    from smm import catalogue, warehouse
    from smm.loading import audit, fetch, ledger, plan, preflight, publish
    from smm.roster import promised

    run = "by-hand"
    with warehouse.connection() as connection:
        found = plan.prepare(connection, run, [source], [client])
        promised.bring(connection, catalogue.read(), found.values())
        slots = plan.history(found.values(), [source], NOW, date(2026, 9, 1), date(2026, 11, 1), from_archive=False)
        preflight.survey(connection, run, found, slots)
        batches = plan.batches(slots, found)
        plan.tell(connection, run, batches)
    for batch in batches:
        fetch.fetch(run, batch["slots"])
    findings = [f"{finding.relation}.{finding.rule}" for finding in audit.audit(run)]
    publish.publish(run)
    with warehouse.connection() as connection:
        loads = ledger.of_run(connection, run)
    return [{"state": load["state"], "reason": load["reason"], "findings": findings} for load in loads]


def come_to(client: str, folder: Path) -> dict[str, Any]:
    """KPIs, the verdict and the letter about the month."""
    from smm import rebuild, warehouse
    from smm.letters import preview
    from smm.verdicts import judging

    with ExitStack() as stack:
        connection = stack.enter_context(warehouse.connection())
        rebuild.rebuild(connection, EVERYTHING)
        judging.judge(connection, [client], MONTH, NOW)
        query = "select network, kpi, value from marts.kpi where grain = 'month' and period = %s and value is not null"
        kpis = {f"{row['network']}.{row['kpi']}": str(row["value"]) for row in connection.execute(query, [MONTH])}
        query = "select network, kpi, verdict, value from marts.verdict where month = %s"
        verdicts = {f"{row['network']}.{row['kpi']}": row["verdict"] for row in connection.execute(query, [MONTH])}
        paths = preview.write(connection, client, MONTH, NOW, folder, "missed")
    return {
        "kpis": kpis,
        "verdicts": verdicts,
        "letter": next(p for p in paths if p.suffix == ".txt").read_text("utf-8"),
    }


def seen(client: str) -> dict[str, int | str]:
    """The board's pages of the client, as somebody who may do everything sees them."""
    from airflow.api_fastapi.app import create_app, get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from starlette.testclient import TestClient

    browser = TestClient(create_app(apps="core"), headers={"accept": "text/html"}, follow_redirects=False)
    browser.cookies.set("_token", get_auth_manager().generate_jwt(SimpleAuthManagerUser(username="a", role="admin")))
    answers = {path: browser.get(f"/board/{path}") for path in (f"clients/{client}", f"clients/{client}/data", "data")}
    return {path: answer.text if answer.status_code == 200 else answer.status_code for path, answer in answers.items()}


def left(client: str, clients: Path) -> dict[str, int]:
    """The rows that name the client once it is forgotten, by table."""
    from smm import warehouse
    from smm.upkeep import forget

    (clients / f"{client}.yml").unlink()
    with warehouse.connection() as connection:
        connection.execute("update core.load set started_at = started_at - interval '2 days'")
        forget.forget(connection, forget.trace(connection, client, None))
    with warehouse.connection() as connection:
        return forget.trace(connection, client, None).rows


if __name__ == "__main__":
    client, source, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    clock.stand(NOW)
    done: dict[str, Any] = {"loads": load(client, source)}
    done |= come_to(client, folder)
    done |= {"pages": seen(client), "left": left(client, folder / "clients")}
    (folder / "done.json").write_text(json.dumps(done), "utf-8")
