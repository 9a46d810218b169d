"""Files of figures as people write them, and what comes of them."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from smm.files import periods
from smm.sources import BadInput, Job
from smm.sources.figures import SOURCE
from tests.sources.loading import Loaded, job, load

MARCH = date(2024, 3, 1)


def work(path: str) -> Job:
    return job(network="figures", options={"path": path}, networks=("vk_spb",))


def sheet(delimiter: str = ",", period: str = "2024-03-10", value: str = "1234.50", measure: str = "spend") -> str:
    lines = ["period", "network", "measure", "value", "note"], [period, "vk", measure, value, "реклама"]
    return "\n".join(map(delimiter.join, lines))


def rows(*lines: str) -> str:
    return "\n".join(["period,network,measure,value", *lines])


def taken(file: Path, text: str, encoding: str = "utf-8") -> Loaded:
    file.write_bytes(text.encode(encoding))
    return load(SOURCE, work(str(file)))


def refused(file: Path, text: str) -> list[str]:
    """The lines of the refusal, its first one aside."""
    with pytest.raises(BadInput) as raised:
        taken(file, text)
    first, *lines = str(raised.value).splitlines()
    assert first == f"{file}: nothing was loaded, because some lines are wrong"
    return lines


def listed(loaded: Loaded) -> list[tuple[Any, ...]]:
    """The figures: network, measure, grain, period, value and note of each."""
    for row in loaded.named["counts"]:
        assert (row["report"], row["through_day"]) == ("figures", periods.end(row["grain"], row["period"]))
    names = ("network", "measure", "grain", "period", "value", "note")
    return [tuple(row[name] for name in names) for row in loaded.named["counts"]]
