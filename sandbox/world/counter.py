"""A counter of Yandex Metrica on a brand's site: the world's visits, and where they came from in Metrica's words."""

from collections.abc import Mapping

import pandas as pd

from sandbox.data import Counter
from sandbox.metrica.table import BOUNCE_SECONDS

FORM, CALL, PURCHASE = 301, 302, 303
GOALS = {FORM: "Форма отправлена", CALL: "Нажатие на телефон", PURCHASE: "Покупка"}
_COLUMNS = {FORM: "forms", CALL: "call_clicks", PURCHASE: "purchases"}
_SITES = {  # that Metrica knows as something else than a link on a site
    "vk.com": ("social", "social.vkontakte"),
    "facebook.com": ("social", "social.facebook"),
    "instagram.com": ("social", "social.instagram"),
    "youtube.com": ("social", "social.youtube"),
    "t.me": ("messenger", "messenger.telegram"),
}
_ADS = {"yandex": "ad.Яндекс: Директ", "google": "ad.Google Ads"}  # whose clicks it knows without tags

Origin = tuple[str | None, str | None, str | None, str | None, str | None]


def counter_of(number: int, time_zone: str, currency: str, sessions: pd.DataFrame) -> Counter:
    """`sessions` as `sandbox.world.visits` makes them; Metrica shows all of them at once, GA4 some days later."""
    labels = ["source", "medium", "campaign"]
    pairs = sessions[labels].astype(str).drop_duplicates()
    origins: Mapping[tuple[str, ...], Origin] = {row: origin(*row) for row in pairs.itertuples(index=False, name=None)}
    found = [origins[row] for row in sessions[labels].astype(str).itertuples(index=False, name=None)]
    names = ["traffic_source", "source_engine", "utm_source", "utm_medium", "utm_campaign"]
    visits = pd.DataFrame(found, columns=names, index=sessions.index, dtype=object)
    return Counter(
        id=number,
        time_zone=time_zone,
        currency=currency,
        goals=dict(GOALS),
        created=sessions["day"].min().date(),
        visits=visits.assign(
            day=sessions["day"],
            visitor=sessions["visitor"],
            is_new=sessions["is_first_visit"],
            pages=sessions["pages"],
            seconds=sessions["seconds"],
            purchases=sessions["purchases"],
            revenue_cents=sessions["revenue_cents"],
            **{f"goal{goal}": sessions[column] for goal, column in _COLUMNS.items()},
        ),
    )


def is_bounce(sessions: pd.DataFrame) -> pd.Series:
    """Which of the world's sessions Metrica takes for bounces."""
    return (sessions["pages"] == 1) & (sessions["seconds"] < BOUNCE_SECONDS)


def origin(source: str, medium: str, campaign: str) -> Origin:
    """Traffic source, its engine, and the tags, of what GA4 would call so."""
    if source == "(not set)":
        return None, None, None, None, None
    if source == "(direct)":
        return "direct", None, None, None, None
    if medium == "organic":
        return "organic", f"organic.{source}", None, None, None
    if medium == "referral":
        kind, engine = next(
            (known for site, known in _SITES.items() if source == site or source.endswith(f".{site}")),
            ("referral", f"referral.{source}"),
        )
        return kind, engine, None, None, None
    if medium == "cpc" and source in _ADS:
        return "ad", _ADS[source], None, None, None
    kind = {"email": "email", "social": "social"}.get(medium, "ad")
    return kind, None, source, medium, campaign
