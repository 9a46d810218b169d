"""What Metrica's answers say, each read by itself."""

import json
from collections.abc import Iterable, Iterator

from smm.files import zones
from smm.files.periods import ONE_DAY
from smm.sources import Answer, BadInput, Health, Identity, Job, Known, Rows
from smm.sources.metrica import about
from smm.sources.metrica.people import People
from smm.sources.metrica.report import Report


def read(job: Job, answers: Iterable[Answer]) -> Iterator[Rows | Known | Health | Identity]:
    """Rows and what they make known. Raises BadInput for an answer that no question to Metrica has."""
    for answer in answers:
        match answer.name:
            case "counter":
                yield from _counter(job, answer)
            case "totals" | "traffic" | "events" | "event_totals":
                yield from Report(job, answer).parts()
            case "users":
                yield from People(job, answer).parts()
            case name:
                raise BadInput(f"the archive has an answer {name!r}, which does not belong to any question to Metrica")


def _counter(job: Job, answer: Answer) -> Iterator[Known | Health | Identity]:
    settings = json.loads(answer.body)["counter"]
    zone, created = settings.get("time_zone_name"), about.created_on(settings)
    if created and created > job.first_day:
        last_day = min(created - ONE_DAY, job.last_day)
        reason = f"Metrica's counter {job.options['counter']} was created on {created}"
        for report in ("totals", "traffic", "users", *(("events",) if job.events else ())):
            yield Known(report, job.first_day, last_day, "no_access", reason)
    # money is asked for in the client's currency: another one in the file would mix with what was loaded before
    whose = {"counter": str(job.options["counter"]), "currency": job.currency}
    yield Identity(whose | ({"time_zone": str(zone)} if zone else {}))
    if zone:
        yield Health({"time_zone": zone})
        if not zones.alike(zone, job.time_zone):
            told = f"Metrica's time zone is {zone}, but the client's file says {job.time_zone}"
            yield Health({"zone_mismatch": told})
