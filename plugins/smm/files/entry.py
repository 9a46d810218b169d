"""What entries of the files people write have in common: no key that nobody knows, and plain lines."""

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from smm.files.addresses import BadAddressError, mailbox
from smm.files.quoted import quoted


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def address(value: Any) -> str:
    """A mail address as it is written. Raises ValueError."""
    told = f"must be a mail address such as owner@yarko.example, found {quoted(value)}"
    if not isinstance(value, str) or not re.fullmatch(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\"]+", value):
        raise ValueError(told)
    try:
        mailbox(value)
    except BadAddressError:
        raise ValueError(told) from None
    return value


Address = Annotated[str, BeforeValidator(address)]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\r\n\x00]+$")]
