"""The files of the world's clients, as a data engineer would have written them, and their tokens."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from sandbox.world.brands import Brand
from sandbox.world.chronicle import Chronicle
from sandbox.world.community import periods
from sandbox.world.counter import FORM
from sandbox.world.seasons import month_end, month_of

_CONTESTS = {"ru": ("Конкурс репостов «Золотой июнь»", "Конкурс комментариев"), "en": ("Contest", "Comment contest")}
_HOLIDAY = {"ru": "Специалист в отпуске", "en": "Specialist on holiday"}


def user_token(client: str) -> str:
    """The VK user token of a client's connection."""
    return f"sandbox-user-{client}"


def service_token(client: str) -> str:
    """The VK service token of a client's connection."""
    return f"sandbox-service-{client}"


def community_token(client: str) -> str:
    """The token of a client's VK community."""
    return f"sandbox-community-{client}"


def metrica_token(client: str) -> str:
    """The OAuth token of a client's Metrica connection."""
    return f"sandbox-metrica-{client}"


def meta_token(client: str) -> str:
    """The token of a client's system user at Meta."""
    return f"sandbox-meta-{client}"


def write(past: Chronicle, to: Path) -> None:
    """Write TO/clients/<id>.yml and TO/figures/<id>.csv; the client file names the figures by their full path."""
    brand = past.brand
    figures = to.resolve() / "figures" / f"{brand.id}.csv"
    figures.parent.mkdir(parents=True, exist_ok=True)
    past.figures.to_csv(figures, index=False)
    leads = {"calls": "figures"} if brand.calls else {}
    site, forms = _site(brand)
    leads |= {"forms": forms} if brand.forms else {}
    leads |= {"messages": "vk"} if brand.messages else {}
    sex, ages = brand.audience or (None, ())
    audience = {"audience": {"sex": sex, "ages": list(ages)}} if brand.audience else {}
    content: dict[str, Any] = {
        "name": brand.name,
        "language": brand.language,
        "time_zone": brand.time_zone,
        "currency": brand.currency,
        "started": past.first_month,
        "sources": {
            **site,
            "vk": {"connection": f"vk_{brand.id}", "community": brand.wall.id, **audience},
            **_meta(brand),
            "figures": {"path": str(figures)},
        },
        "leads": leads,
        "targets": targets(past),
        "report": {
            "to": [f"owner@{brand.id}.example"],
            "manager": "anna@agency.example",
            "letters": ["missed", "monthly"],
            "hour": 9,
        },
    }
    if annotations := _annotations(past):
        content["annotations"] = annotations
    file = to / "clients" / f"{brand.id}.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120), encoding="utf-8")


def _meta(brand: Brand) -> dict[str, Any]:
    connection = f"meta_{brand.id}"
    page = {"facebook": {"connection": connection, "page": brand.page.id}} if brand.page else {}
    account = {"instagram": {"connection": connection, "account": brand.account.id}} if brand.account else {}
    return page | account


def _site(brand: Brand) -> tuple[dict[str, Any], str]:
    """The source that measures the site, and what of it is a form sent."""
    if brand.counter is not None:
        return {"metrica": {"connection": f"metrica_{brand.id}", "counter": brand.counter}}, f"metrica.{FORM}"
    return {"ga4": {"connection": f"ga4_{brand.id}", "property": int(brand.property)}}, f"ga4.{brand.forms}"


def targets(past: Chronicle) -> dict[str, Any]:
    """The section `targets` of the client's file."""
    return {"yarko": _yarko, "nordlys": _nordlys, "pekarnya": _pekarnya}[past.brand.id](past)


def named_networks(past: Chronicle) -> set[str]:
    """The networks that the client's file names: their traffic is expected, a zero included."""
    return {"vk", *_meta(past.brand), *(key.partition(".")[0] for key in targets(past) if "." in key)} - {"all", "site"}


def _yarko(past: Chronicle) -> dict[str, Any]:
    """Reach was planned for a month without holidays: the judged month, with ten days of them, misses it."""
    return {
        "vk.reach": {"plan": _reach_plan(past), "main": True},
        "followers": {"plan": _followers_plan(past, 0.97)},
        "vk.followers_gained": {"at_least": 10},
        "instagram.followers_gained": {"at_least": 40},
        "facebook.comment_response_rate": {"at_least": 0.25},
        "leads": {"at_least": 40},
        "all.sessions": {"growth": 0.05, "over": "previous_month"},
        "vk.er_post": {"at_least": 0.012},
        "vk.posts_done": {"between": [0.8, 1.2]},
        "repost_share": {"at_most": 0.5},
        "vk_ads.cost_per_lead": {"at_most": 3000},
        "romi": {"at_least": 0, "from_month": 7},
    }


def _nordlys(past: Chronicle) -> dict[str, Any]:
    """Modest promises, all kept."""
    return {
        "all.sessions": {"growth": 0.01, "over": "year_ago", "main": True},
        "vk.reach": {"at_least": 5000},
        "vk.followers_gained": {"at_least": 30},
        "leads": {"at_least": 10},
        "all.engaged_share": {"between": [0.45, 0.8]},
        "vk.repost_share": {"at_most": 0.5},
        "vk_ads.cost_per_click": {"at_most": 8},
        "followers": {"plan": _followers_plan(past, 0.95)},
    }


def _pekarnya(past: Chronicle) -> dict[str, Any]:
    """Small promises, for a shop this small has months without a single lead; but more followers than there are."""
    return {
        "leads": {"at_least": 1, "main": True},
        "vk.reach": {"at_least": 100},
        "vk.posts": {"at_least": 4},
        "followers": {"plan": _followers_plan(past, 1.1)},
    }


def _reach_plan(past: Chronicle) -> dict[str, int]:
    """98 % of what a month without holidays reaches; the running month and the next promise what the last one did."""
    months = [month_of(past.first_month, n) for n in range(past.brand.months)]
    planned = periods(past.planned_by_day, "month", months[0], month_end(months[-1]))
    plan = {f"{period.period_from:%Y-%m}": int(period.reach * 0.98) // 10 * 10 for period in reversed(planned)}
    last = plan[f"{months[-1]:%Y-%m}"]
    return plan | {f"{month_of(past.today, n):%Y-%m}": last for n in (0, 1)}


def _followers_plan(past: Chronicle, share: float) -> dict[str, int]:
    """This share of the followers that there are, for the running month and the next.

    Networks tell how many there are now; those of months that are over are counted back, and their plans never proven.
    """
    pages = [place.by_day["followers"] for place in (past.page, past.account) if place]
    now = sum(int(followers.iloc[-1]) for followers in (past.by_day["members"], *pages)) * share
    return {f"{month_of(past.today, n):%Y-%m}": int(now * (1 + 0.01 * n)) // 10 * 10 for n in (0, 1)}


def _annotations(past: Chronicle) -> list[dict[str, Any]]:
    brand = past.brand
    found: list[dict[str, Any]] = []
    if brand.calendar.has_contests:
        reposts, comments = _CONTESTS[brand.language]
        for year in range(past.first_month.year, past.today.year + 1):
            june = {"from": date(year, 6, 1), "to": date(year, 6, 20), "network": "vk", "text": reposts}
            found.append(june | {"compare": False})
            found.append({"from": date(year, 7, 1), "to": date(year, 7, 31), "network": "vk", "text": comments})
    for holiday in past.holidays:
        found.append({"from": holiday.first, "to": holiday.last, "network": "vk", "text": _HOLIDAY[brand.language]})
    known = [note for note in found if past.first_month <= note["from"] < past.today]
    return sorted(known, key=lambda note: note["from"])
