"""
### Remove data that is no longer kept, and report what did not happen

Runs every morning. It deletes what is no longer needed, and then checks whether everything happened that should have:
loads, KPIs, verdicts. If not, the run is red and says what is missing.

**Owns** what it removes: rows that rejected and failed loads left in staging, archived loads that are incomplete or
were never published, old Data Docs, the pictures of posts in letters older than a year, expired links to readers' own
pages, records of page openings older than a year and, for services that can repeat their answers, loads whose days have
all been replaced by later loads. `plugins/smm/upkeep/retention.py` says how long each is kept. Nothing that a rebuild
from the archive needs is removed, nor anything that a run may still use.

**Rerun, retry, clear:** always safe; data that is already gone causes no error.

**A red run** has removed what it could. *notice* red: it names what should have happened and did not: a client's
source that the last daily run did not publish, published numbers that are in no KPI yet, targets that have not been
judged. The text says where to look. It cannot notice that the scheduler itself is down: let an external monitor call
`python -m smm late`. Any other task red: the warehouse or the archive could not be reached; the next day's run does
the work.
"""

import logging
from datetime import UTC, datetime

from airflow.sdk import dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from smm.tasks import DEFAULTS

log = logging.getLogger(__name__)


def as_of() -> datetime:
    """The moment this run was due."""
    due: datetime = get_current_context()["dag_run"].run_after
    return due.astimezone(UTC)


@task
def settle() -> None:
    """Mark interrupted loads as failed: their run ended long ago."""
    from smm import warehouse
    from smm.upkeep import retention

    with warehouse.connection() as connection:
        for line in retention.settle(connection, as_of()):
            log.info("%s", line)


@task
def clear_staging() -> None:
    """Delete staged rows that are no longer needed to explain a load."""
    from smm import warehouse
    from smm.upkeep import retention

    with warehouse.connection() as connection:
        log.info("deleted from staging: %s", retention.clear_staging(connection, as_of()) or "nothing")


@task
def clear_pictures() -> None:
    """Delete the pictures of posts from letters that are older than a year."""
    from smm import warehouse
    from smm.upkeep import retention

    with warehouse.connection() as connection:
        log.info("pictures of posts were deleted from %s letters", retention.clear_pictures(connection, as_of()))


@task
def clear_archive() -> None:
    """Remove archived loads and Data Docs that are not kept."""
    from smm import warehouse
    from smm.upkeep import retention

    with warehouse.connection() as connection:
        removed = retention.clear_archive(connection, as_of()) + retention.clear_data_docs(connection, as_of())
    log.info("removed from the archive: %s", "\n".join(removed) or "nothing")


@task
def clear_pages() -> None:
    """Delete links to readers' own pages that have expired, and what was noted of openings long ago."""
    from smm import warehouse
    from smm.upkeep import retention

    with warehouse.connection() as connection:
        log.info("deleted of readers' own pages: %s", retention.clear_pages(connection, as_of()))


@task
def notice() -> None:
    """Fail if something should have happened and did not, naming it."""
    from smm import catalogue, clients, warehouse
    from smm.loading.late import late

    found = clients.read(catalogue.read())
    with warehouse.connection() as connection:
        lines = late(connection, found, as_of())
    if lines:
        raise AirflowFailException("\n".join(lines))


@dag(
    schedule="0 8 * * *",
    description="Remove data that is no longer kept, and report what did not happen",
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["housekeeping"],
    doc_md=__doc__,
)
def housekeep() -> None:
    settle() >> clear_staging()
    clear_pictures()
    clear_archive()
    clear_pages()
    notice()


housekeep()
