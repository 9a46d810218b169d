"""Which network a session came from, by include/networks.yml."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

_RULES: Mapping[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "include" / "networks.yml").read_text(encoding="utf-8")
)
_OWNERS: dict[str, str] = {source: network for network, sources in _RULES["social"].items() for source in sources}
_MEDIUMS: dict[str, str] = {medium: network for network, mediums in _RULES["mediums"].items() for medium in mediums}
_PAID = re.compile("|".join(_RULES["paid"]))

SOCIAL = frozenset(name for network in _RULES["social"] for name in (network, f"{network}_ads"))
"""The networks of `all`."""


def network_of(source: str, medium: str) -> str:
    """The network of one session source and medium."""
    source, medium = source.lower(), medium.lower()
    is_paid = _PAID.fullmatch(medium) is not None
    if owner := _owner(source):
        return owner + ("_ads" if is_paid else "")
    if source == "(direct)" and medium in ("(none)", "(not set)"):
        return "direct"
    return "ads" if is_paid else _MEDIUMS.get(medium, "other")


def _owner(source: str) -> str | None:
    """Whose source this is: its own, or that of the domain that it is below."""
    if source in _OWNERS:
        return _OWNERS[source]
    labels = source.rstrip("/").rpartition("/")[2].split(".")
    domains = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return next((_OWNERS[domain] for domain in domains if domain in _OWNERS), None)


def networks(sessions: pd.DataFrame) -> "pd.Categorical[str]":
    """The network of every session."""
    sources, mediums = sessions["source"].cat, sessions["medium"].cat
    table = [[network_of(source, medium) for medium in mediums.categories] for source in sources.categories]
    names, codes = np.unique(table, return_inverse=True)
    codes = codes.reshape(len(sources.categories), len(mediums.categories))
    return pd.Categorical.from_codes(
        codes[sources.codes, mediums.codes], categories=pd.Index([str(name) for name in names])
    )
