"""The audit: Great Expectations judges what was staged, before anything of it is published.

SQL sums each staged relation up to one row per load (include/sql/facts/); one small suite per relation runs on those
rows, in one process per run, because importing Great Expectations costs more than judging a thousand clients.
"""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smm import catalogue, warehouse
from smm.loading import data_docs, expectations, ledger
from smm.loading.expectations import Suite
from smm.roster import catalogued
from smm.warehouse import Connection

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finding:
    """One rule that one load breaks."""

    client: str
    load_id: str
    relation: str
    rule: str
    severity: str
    detail: str


def audit(run_id: str) -> list[Finding]:
    """Judge every staged load of the run: findings go to audit.finding, a load with a critical one is rejected.

    Great Expectations' Data Docs of the run go to ``<SMM_ARCHIVE>/data_docs/<run_id>.zip``.
    """
    with warehouse.connection() as connection:
        catalogued.store(connection, catalogue.read())  # no plan has done so since the warehouse was migrated
        staged = ledger.of_run(connection, run_id, "staged")
        loaded = {load["source"] for load in staged}
        frames = [
            (suite, of_loads)
            for suite in expectations.read()
            if loaded.intersection(suite.sources) and len(of_loads := frame(connection, suite, run_id))
        ]
    if not frames:
        log.info("nothing was staged")
        return []
    found = list(judge(frames, run_id))
    with warehouse.connection() as connection:
        _store(connection, staged, found)
    for finding in found:
        log.warning("%s %s %s.%s: %s", finding.severity, finding.client, finding.relation, finding.rule, finding.detail)
    return found


def frame(connection: Connection, suite: Suite, run_id: str) -> "pd.DataFrame":
    """What the audit has to know of the run's staged loads of the suite's sources: one row each."""
    import pandas as pd

    path = f"facts/{suite.kind}/audit_{suite.relation}.sql"
    return pd.DataFrame(warehouse.run(connection, path, {"run_id": run_id, "sources": suite.sources}))


def judge(frames: Sequence[tuple[Suite, "pd.DataFrame"]], run_id: str) -> Iterator[Finding]:
    """Run each suite on its frame (one row per load); writes the Data Docs of the run."""
    # before the import, which alone writes 200 lines
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)  # Airflow would log them as errors
    with tempfile.TemporaryDirectory() as folder:
        _add_data_docs(context, folder)
        # one for all suites: at each that is added, the context writes all of its settings anew
        staged = context.data_sources.add_pandas("staging").add_dataframe_asset("staged")
        batch = staged.add_batch_definition_whole_dataframe("staged")
        for suite, frame in frames:
            validated = _validation(gx, context, batch, suite).run(
                batch_parameters={"dataframe": frame},
                result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["client", "load_id"]},
            )
            yield from _findings(suite, frame, validated)
        context.build_data_docs(["run"], build_index=False)  # the board has one of its own
        log.info("data docs: %s", data_docs.keep(Path(folder), run_id))


def _add_data_docs(context: Any, folder: str) -> None:
    page = {"module_name": "smm.loading.data_docs_page", "class_name": "Page"}
    context.add_data_docs_site(
        "run",
        {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": folder},
            "site_section_builders": {"expectations": {"view": page}, "validations": {"view": page}},
        },
    )


def _validation(gx: Any, context: Any, batch: Any, suite: Suite) -> Any:
    judged = gx.ExpectationSuite(
        name=suite.name,
        expectations=[
            getattr(gx.expectations, rule.expectation)(
                **rule.arguments, severity=rule.severity, meta={"rule": rule_name}, notes=rule.says
            )
            for rule_name, rule in suite.rules.items()
        ],
    )
    return context.validation_definitions.add(
        gx.ValidationDefinition(name=suite.name, data=batch, suite=context.suites.add(judged))
    )


def _findings(suite: Suite, frame: "pd.DataFrame", validated: Any) -> Iterator[Finding]:
    for result in validated.results:
        rule_name = result.expectation_config.meta["rule"]
        rule = suite.rules[rule_name]
        if any(info.get("raised_exception") for info in _exceptions(result)):
            # it looks like a failure with an empty result; the truth is not known, so nothing of this relation passes
            detail = f"the rule {rule_name} could not be judged; see the log of the audit task"
            for client, load_id in zip(frame["client"], frame["load_id"], strict=True):
                yield Finding(client, load_id, suite.relation, rule_name, "critical", detail)
            log.error("%s.%s: %s", suite.name, rule_name, list(_exceptions(result)))
        elif not result.success:
            for broken in result.result["unexpected_index_list"]:
                value = broken[rule.arguments["column"]]
                detail = f"{rule.says}: {value:.4g}" if isinstance(value, float) else f"{rule.says}: {value}"
                yield Finding(broken["client"], broken["load_id"], suite.relation, rule_name, rule.severity, detail)


def _exceptions(result: Any) -> Iterator[dict[str, Any]]:
    info = result.exception_info or {}
    yield from [info] if "raised_exception" in info else info.values()


def _store(connection: Connection, staged: list[ledger.Load], found: list[Finding]) -> None:
    owners = [(load["client"], load["load_id"]) for load in staged]
    with connection.cursor() as cursor:
        cursor.executemany("delete from audit.finding where client = %s and load_id = %s", owners)
    warehouse.copy(
        connection,
        "audit.finding",
        ("client", "load_id", "relation", "rule", "severity", "detail"),
        ((f.client, f.load_id, f.relation, f.rule, f.severity, f.detail) for f in found),
    )
    critical: dict[tuple[str, str], list[str]] = {}
    for f in found:
        if f.severity == "critical":
            critical.setdefault((f.client, f.load_id), []).append(f"{f.relation}: {f.detail}")
    for load, owner in zip(staged, owners, strict=True):
        if owner in critical:
            ledger.end(connection, load, "rejected", reason="the audit found " + "; ".join(critical[owner]))
