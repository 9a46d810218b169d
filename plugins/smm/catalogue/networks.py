"""The networks: whose traffic a visit is (include/networks.yml).

What was loaded keeps its source and medium. Its network is looked up in each rebuild, so that history follows the file.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _is_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no pattern: {error}") from None
    return text


Value = Annotated[str, Field(pattern=r"^[^A-Z]+$")]  # a visit's source or medium, compared in lower case
# of characters that Postgres, the services and Python read alike
Pattern = Annotated[str, Field(pattern=r"^[^A-Z()\[\]{}^$\\]+$"), AfterValidator(_is_pattern)]


class Networks(BaseModel):
    """include/networks.yml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    social: dict[str, list[Value]]
    paid: list[Pattern]
    mediums: dict[str, list[Value]]

    @model_validator(mode="after")
    def _has_one_owner_each(self) -> "Networks":
        for group in (self.social, self.mediums):
            owners: dict[str, str] = {}
            for network, values in group.items():
                for value in values:
                    if value in owners:
                        raise ValueError(f"{value!r} stands under {owners[value]} and {network}: keep one of the two")
                    owners[value] = network
        return self

    def names(self) -> dict[str, bool]:
        """Every network, and whether it is a social one, that is: part of ``all``."""
        social = [name + twin for name in self.social for twin in ("", "_ads")]
        return dict.fromkeys(social, True) | dict.fromkeys([*self.mediums, "direct", "ads", "other", "site"], False)
