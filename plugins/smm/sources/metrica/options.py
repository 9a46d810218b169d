"""A client's entry for Yandex Metrica: ``metrica: {connection: metrica_yarko, counter: 44147844}``."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from smm.quoted import quoted

LARGEST = 2**31 - 1  # of the numbers that Metrica takes


def _counter(value: Any) -> Any:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= LARGEST:
        raise ValueError(
            "must be the counter's number, such as 44147844: Metrica shows it in the list of counters, and the site has"
            f" it in ym(44147844, ...); found {quoted(value)}"
        )
    return value


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    connection: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\r\n\x00]+$")]
    counter: Annotated[int, BeforeValidator(_counter)]
