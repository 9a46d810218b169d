"""Where a visit came from, in the words that include/networks.yml knows: source, medium, campaign.

A link that is tagged says so by itself, and its tags come first, as in GA4. Of the others Metrica knows a kind of
source (social, messenger, ad, ...) and which one it was. Its ids are taken, its names depend on the language.
"""

from collections.abc import Sequence
from typing import Any

MOST = 250  # characters; anybody may tag a link with anything
NOT_SET = "(not set)"
DIRECT = ("(direct)", "(none)")

_MEDIUMS = {"ad": "cpc"}  # the other kinds are mediums by themselves: organic, social, messenger, email, referral, ...

# Metrica has several ids for one: of a network, of its ads, as its API lists them and as its reports have them
_SOURCES = {
    "vkontakte": "vk",
    "odnoklassniki": "ok",
    "target_mail_ru": "mytarget",
    "Яндекс: Директ": "yandex",
    "yandex_direct": "yandex",
    "yandex_direct_star": "yandex",
    "Google Ads": "google",
    "google_adwords": "google",
}


def of(dimensions: Sequence[Any]) -> tuple[str, str, str]:
    """``dimensions`` are those of `smm.sources.metrica.questions.ORIGIN`, the campaign may be left out."""
    kind, engine, *tags = [_text(dimension) for dimension in dimensions]
    tagged_source, tagged_medium, tagged_campaign = (*tags, None, None, None)[:3]
    source, medium = _untagged(kind, engine)
    return tagged_source or source, tagged_medium or medium, tagged_campaign or NOT_SET


def _untagged(kind: str | None, engine: str | None) -> tuple[str, str]:
    if kind == "direct":
        return DIRECT
    if kind is None:
        return NOT_SET, NOT_SET
    name = (engine or "").removeprefix(f"{kind}.")  # organic.yandex, social.vkontakte, ad.Яндекс: Директ
    return _SOURCES.get(name, name) or NOT_SET, _MEDIUMS.get(kind, kind)


def _text(dimension: Any) -> str | None:
    """The id of a dimension's value, or its name where it has no id, as a tag has none; None if it is not set."""
    told = dimension if isinstance(dimension, dict) else {}
    found = str(told.get("id") or told.get("name") or "")
    shown = "".join(character if character.isprintable() else " " for character in found)  # Postgres takes no NUL
    return " ".join(shown.split())[:MOST] or None
