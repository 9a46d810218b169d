"""A letter of each kind, with everything in it that the kind can have, to be looked at."""

from base64 import b64encode
from datetime import UTC, date, datetime
from typing import Any

from sandbox.drawing import draw
from smm.letters import draft, trouble
from smm.letters.content import Cause, Content, Judged, Kind
from smm.letters.pictures import small
from smm.letters.reader import Reader
from smm.letters.render import Rendered, render
from tests.letters.examples import content, judged
from tests.letters.months import YEAR, history

NAME = "Пекарня на углу, где липы и клён"
DAY_20 = datetime(2025, 10, 20, 6, tzinfo=UTC)
CLIENT = {"client": "yarko"}
REACH: dict[str, Any] = {"value": 11873, "before": 14820, "year_ago": 9120, "rule": "plan", "is_main": True}
PULLS = (
    {**CLIENT, "source": "vk", "network": "vk", "pulled_at": DAY_20, "identity": "1234567"},
    {**CLIENT, "source": "figures", "network": "figures", "pulled_at": DAY_20, "identity": None},
)


def posted(post: str, day: int, reach: int, **values: Any) -> dict[str, Any]:
    """A post of October that reached so many."""
    stands = {**CLIENT, "network": "vk", "post": post, "day": date(2025, 10, day), "is_repost": False, "is_late": False}
    counters = {"views": 2 * reach, "likes": reach // 20, "comments": reach // 90, "reposts": reach // 200}
    return stands | counters | {"reach": reach, "link": f"https://vk.com/wall-1_{post}"} | values


def picture(post: str) -> dict[str, Any]:
    return {**CLIENT, "name": f"vk/{post}", "jpeg": b64encode(small(draw(int(post) // 3, 200)) or b"").decode()}


def publications(**values: Any) -> dict[str, Any]:
    """What was published in October: 11 posts of 18 that were planned."""
    numbers = {"count": 11, "before": 15, "year_ago": 14, "planned": 18}
    best = (
        posted(
            "30",
            3,
            2210,
            picture="vk/30",
            text="Пятничный хлеб: на этой неделе ржаной с клюквой, только до воскресенья",
        ),
        posted("36", 9, 1904, picture="vk/36", text="Как мы печём. " * 20, is_late=True),
        posted("42", 28, 1650, is_repost=True, link=None),
    )
    weakest = posted("39", 17, 120, picture="vk/39", text="Мы на каникулах")
    stands = {**CLIENT, "network": "vk", "by": "reach", "best": best, "weakest": weakest}
    return stands | {name: {**CLIENT, "value": number} for name, number in numbers.items()} | values


def missed() -> Content:
    """With long words, too."""
    event = {**CLIENT, "first_day": "2025-10-13", "last_day": "2025-10-22", "network": "vk", "text": "Отпуск"}
    posts = {**CLIENT, "network": "vk", "month": "2025-09-01", "was": 11, "now": 6}
    happened = ({**event, "posts": posts},)
    targets = (
        judged(history=history(low=14250), why=_why(11873), happened=happened, **REACH),
        judged("vk.er_post", value="0.0108", low="0.012", history=history(("0.0131", None, "0.0108"), low="0.012")),
        judged(
            "all.cost_per_lead",
            value="1234567.5",
            high=987654,
            history=history((210000, 330000, "1234567.5"), high=987654),
        ),
        judged("all.romi", value="-0.2", low="0.1", history=history(("0.05", "-0.1", "-0.2"), low="0.1")),
        *_others(),
    )
    networks = (("spend", "vk_ads"), ("spend", "facebook"), ("fee", "all"), ("budget", "all"))
    value = {"spend": 30000, "fee": 30000, "budget": 95000}
    costs = tuple({**CLIENT, "measure": name, "network": network, "value": value[name]} for name, network in networks)
    lead = {"lead_cost": {**CLIENT, "value": 1234567.5}, "lead_cost_before": {**CLIENT, "value": 330000}}
    return content(
        *targets,
        events=(event,),
        costs=costs,
        costs_before=costs[1:],
        pulls=PULLS,
        name=NAME,
        upcoming=_upcoming(),
        publications=(publications(),),
        pictures=tuple(map(picture, ("30", "36", "39"))),
        **lead,
    )


def all_met() -> Content:
    return content(
        judged(
            verdict="met",
            **(REACH | {"value": 15120}),
            history=history((*YEAR[:-1], 15120), low=14250, is_provisional=False),
        ),
        judged("all.cost_per_lead", "met", "1234.5", high=1500),
        judged("vk.er_post", "met", "0.0131", low="0.012"),
        kind="monthly",
        is_final=True,
        name=NAME,
        pulls=PULLS,
        upcoming=_upcoming(),
    )


def unknown() -> Content:
    """A month in which nothing was missed, and something is not known."""
    main = judged(verdict="met", **(REACH | {"value": 15120}), history=history((*YEAR[:-1], 15120), low=14250))
    return content(main, *_others(), kind="monthly", name=NAME, pulls=PULLS)


def correction() -> Content:
    told = judged(history=history(low=14250), **REACH)
    now = judged(verdict="met", **(REACH | {"value": 14300}), history=history((*YEAR[:-1], 14300), low=14250))
    late = judged("all.leads", "not_measured", None, low=40, reason="no_access")
    leads = judged("all.leads", "met", 1041, low=1000)
    gone = judged("vk.er_post", value="0.0108", low="0.012")
    changes = (
        _change(told, now, "restated"),
        _change(late, leads, "arrived"),
        _change(gone, None, "reworded"),
    )
    return content(now, leads, kind="correction", name=NAME, changes=changes, told_at=DAY_20, pulls=PULLS)


def weekly() -> Content:
    return _ahead("weekly", *(_foreseen(verdict) for verdict in ("at_risk", "certain_miss", "on_track")))


def certain_miss() -> Content:
    return _ahead("certain_miss", _foreseen("certain_miss"), _posts("certain_miss"))


def at_risk() -> Content:
    return _ahead("at_risk", _foreseen("at_risk"), _posts("at_risk"))


def back_on_track() -> Content:
    return _ahead("back_on_track", _foreseen("on_track"))


def letter(built: Content, language: str) -> Rendered:
    return render(built, language, is_rehearsal=True, comment="We lost two weeks.", next_steps="Posts.")


def drafted(language: str) -> Rendered:
    delivery = {"client": "yarko", "letter_id": "2025-10-monthly-1", "language": language, "due_at": DAY_20}
    delivery |= {"replaces": "2025-10-missed-1", "comment": "We lost two weeks.", "next_steps": ""}
    return draft.marked(render(all_met(), language), delivery, "Europe/Moscow")


def personal(language: str) -> Rendered:
    """To a reader with a long name, who has had a letter before."""
    return render(
        missed(),
        language,
        reader=Reader("owner@yarko.example", "Мария-Антуанетта Кондратьевна", True, "https://a.example/p"),
    )


def data_trouble() -> Rendered:
    found = (
        ("yarko", "held", "2025-10-missed-1", "'{gap}' is left in its text: something was not filled in", True),
        ("nordlys", "refused", "2025-10-missed-1 · the.owner.of.the.bakery@long-name.example", "550 no such user", 0),
        (trouble.OPERATORS, "kpi", "kpis.yml · reach_per_post", "is no formula: 'reach /'", True),
        ("yarko", "source", "vk", "VK says 5: user authorization failed: invalid access_token (4).", False),
    )
    troubles = [dict(zip(("client", "kind", "what", "why", "is_new"), each, strict=True)) for each in found]
    return trouble.render(trouble.Digest.model_validate({"troubles": troubles}))


def _upcoming() -> tuple[Judged, ...]:
    return (
        judged(verdict="not_due", value=None, low=14500, rule="plan", is_main=True, before=11873),
        judged("all.leads", "not_due", None, low=None, rule="plan"),
        judged("all.cost_per_lead", "not_due", None, high=987654, before=1234567),
        judged("all.sessions", "not_due", None, low=2583, growth="0.05", over="previous_month", base=2460, before=2460),
    )


def _why(now: int) -> dict[str, Any]:
    effects = [
        {**CLIENT, "network": "vk", "part": "posts", "unit": "count", "was": 20, "now": 12, "effect": -2100},
        {
            **CLIENT,
            "network": "vk",
            "part": "er_reach",
            "unit": "share",
            "was": "0.031",
            "now": "0.024",
            "effect": -847,
        },
    ]
    return {**CLIENT, "month": "2025-09-01", "was": 14820, "now": now, "effects": effects}


def _others() -> tuple[Judged, ...]:
    return (
        judged("all.followers", "met", 1712, low=1700, history=history(YEAR)),
        judged("all.leads", "not_measured", None, low=40, reason="no_access"),
        judged("vk.amplification_rate", "not_proven", "0.01", low="0.02", reason="within_restatement"),
        judged("all.revenue", "not_due", 1234567, low=1000000),
    )


def _change(told: Judged, now: Judged | None, cause: Cause) -> dict[str, Any]:
    return {**CLIENT, "told": told, "now": now, "cause": cause}


def _foreseen(verdict: str) -> Judged:
    """A target of the running month, of which a week and the forecast are known."""
    name, value, high = {
        "at_risk": ("vk.reach", 13100, 14600),
        "certain_miss": ("all.leads", 12050, 13300),
        "on_track": ("all.followers", 15000, 16500),
    }[verdict]
    since = date(2025, 10, 17) if verdict == "certain_miss" else None
    outlook = {"forecast": value, "low": value - 1300, "high": high, "certain_since": since, "per_day": None}
    effects = [
        {**CLIENT, "network": "vk", "part": "posts", "unit": "count", "was": 20, "now": 12, "effect": -1900},
        {**CLIENT, "network": "vk", "part": "pace", "unit": "count", "was": None, "now": None, "effect": 180},
    ]
    why = {**CLIENT, "month": "2025-09-01", "was": 14820, "now": value, "effects": effects}
    this, before = {**CLIENT, "value": 3100}, {**CLIENT, "value": None, "reason": "source_missing"}
    week = {**CLIENT, "this": this, "before": before}
    return judged(
        name,
        verdict,
        9000,
        rule="plan",
        is_main=verdict == "at_risk",
        outlook={**CLIENT, **outlook},
        why=None if verdict == "on_track" else why,
        week=week,
        history=history((*YEAR[:-1], 9000), low=14250),
    )


def _posts(verdict: str) -> Judged:
    outlook = {"forecast": 14, "low": 12, "high": 17, "certain_since": None, "per_day": "2.1"}
    return judged("vk.posts", verdict, 6, low=31, outlook={**CLIENT, **outlook})


def _ahead(kind: Kind, *targets: Judged) -> Content:
    if kind != "weekly":
        targets = tuple(target.model_copy(update={"week": None}) for target in targets)
    return content(
        *targets,
        kind=kind,
        name=NAME,
        as_of=DAY_20,
        week=date(2025, 10, 13) if kind == "weekly" else None,
        pulls=PULLS,
    )
