"""`python -m bench.ways.letters LETTERS FIRST [pdf]`: render letters, each with its PDF or without.

The peak of memory of the FIRST is told too.
"""

import resource
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from bench.ways.cost import measured
from smm import catalogue
from smm.files import languages
from smm.letters.content import Content, Event, Judged, Past
from smm.letters.message import message
from smm.letters.numbers import Number
from smm.letters.render import MOST_CHARTS, render

LANGUAGES = languages.known()
MONTH = date(2025, 10, 1)
AS_OF = datetime(2025, 11, 4, 6, tzinfo=UTC)
MISSED = ("vk.reach", "vk.posts", "vk.visitors", "all.followers")  # as many as a letter has charts
MET = ("all.leads", "site.sessions", "vk.followers_gained", "all.revenue")


def content(number: int, *, has_pdf: bool = False) -> Content:
    """A client's letter: four targets missed and four met, with thirteen months of each one that was missed."""
    kpis, random, client = catalogue.read().kpis, Random(number), f"client_{number}"  # noqa: S311

    def target(name: str, verdict: str) -> Judged:
        network, _, kpi = name.partition(".")
        plan = Decimal(random.randint(5_000, 15_000))
        values = [plan * random.randint(60, 99) / 100 for _ in range(13)]
        months = (date(2024 + (9 + place) // 12, (9 + place) % 12 + 1, 1) for place in range(13))
        past: dict[str, Any] = {"client": client, "reason": None, "low": plan, "high": None}
        history = tuple(
            Past(**past, month=month, value=value, is_provisional=month == MONTH)
            for month, value in zip(months, values, strict=True)
        )
        return Judged(
            client=client,
            network=network,
            kpi=kpi,
            title=kpis[kpi].title,
            meaning=kpis[kpi].meaning,
            unit=kpis[kpi].unit,
            verdict=verdict,
            reason=None,
            rule="plan",
            is_main=name == MISSED[0],
            due_from=MONTH,
            low=plan,
            high=None,
            target=plan,
            value=values[-1] if verdict == "missed" else plan,
            base=None,
            growth=None,
            over=None,
            before=Number(client=client, value=values[-2]),
            year_ago=Number(client=client, value=values[0]),
            sources=("vk", "ga4"),
            history=history if verdict == "missed" else (),
        )

    return Content(
        client=client,
        kind="missed",
        month=MONTH,
        name=f"Client {number}",
        language=LANGUAGES[number % len(LANGUAGES)],
        time_zone="Europe/Moscow",
        currency="RUB",
        manager="manager@agency.example",
        target_version=1,
        is_final=False,
        as_of=AS_OF,
        targets=tuple(target(name, verdict) for verdict, names in (("missed", MISSED), ("met", MET)) for name in names),
        events=(Event(client=client, first_day=MONTH, last_day=MONTH, network="vk", text="A contest"),),
        costs=(),
        has_pdf=has_pdf,
    )


def mail(number: int, *, has_pdf: bool) -> bytes:
    """The letter as it goes over the line."""
    letter = content(number, has_pdf=has_pdf)
    rendered = render(letter, letter.language)
    charts = len(rendered.pictures)
    if charts != MOST_CHARTS:
        raise ValueError(f"a letter has {charts} charts in place of {MOST_CHARTS}")
    built = message(
        rendered,
        sender="reports@agency.example",
        recipient="owner@client.example",
        answers_to=letter.manager,
        identity=f"<{number}@agency.example>",
        sent_at=AS_OF,
        language=letter.language,
    )
    return built.as_bytes()


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    letters, first = map(int, sys.argv[1:3])
    with measured() as told:
        told |= {"letters": letters, "first": first, "charts": MOST_CHARTS, "largest": 0}
        for number in range(letters):
            told["largest"] = max(told["largest"], len(mail(number, has_pdf="pdf" in sys.argv[3:])))
            if number + 1 == first:
                told["first_mb"] = peak_mb()
