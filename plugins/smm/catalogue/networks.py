"""The networks: whose traffic a visit is (include/networks.yml).

What was loaded keeps its source and medium. Its network is looked up in each rebuild, so that history follows the file.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from smm.files.quoted import quoted


def _is_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error:
        raise ValueError(f"must have a character before each * + and ?, found {quoted(text)}") from None
    return text


def _in_small_letters(text: str) -> str:
    if not text:
        raise ValueError("is empty: write it, or take it out")
    if re.search("[A-Z]", text):
        raise ValueError(f"must be in small letters, found {quoted(text)}: write {text.lower()}")
    return text


def _of_plain_characters(text: str) -> str:
    """Of those that Postgres, the services and Python read alike."""
    if found := re.search(r"[()\[\]{}^$\\]", text):
        raise ValueError(f"must be without ( ) [ ] {{ }} ^ $ and \\, found {quoted(text)}: take {found[0]} out")
    return text


Value = Annotated[str, AfterValidator(_in_small_letters)]  # a visit's source or medium
Pattern = Annotated[Value, AfterValidator(_of_plain_characters), AfterValidator(_is_pattern)]


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
                        raise ValueError(f"{value!r} is under {owners[value]} and {network}: keep one of the two")
                    owners[value] = network
        return self

    def names(self) -> dict[str, bool]:
        """Every network, and whether it is a social one, that is: part of ``all``."""
        social = [name + twin for name in self.social for twin in ("", "_ads")]
        return dict.fromkeys(social, True) | dict.fromkeys([*self.mediums, "direct", "ads", "other", "site"], False)
