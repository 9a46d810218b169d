"""What Meta's errors are to us: worth another try, a pause, a dead token, a part that stays unknown, or a load's end.

The codes: https://developers.facebook.com/docs/graph-api/guides/error-handling. One code has several meanings: see
`_meaning`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from smm.sources import BadInput, QuotaSpent, Refused, SourceError, Transient
from smm.sources.graph import words

Json = dict[str, Any]


@dataclass(frozen=True)
class Meaning:
    """``is_of_part``: it is about what this one call asked for, which stays unknown; the others are loaded.

    ``wait``: how long Meta refuses everything of this allowance, unless a header says it.
    """

    kind: type[SourceError]
    advice: str
    is_of_part: bool = False
    wait: timedelta = timedelta(hours=1)


BUSY = Meaning(Transient, "Meta is at fault or busy; try again in a minute")
FORM = Meaning(
    BadInput,
    "Meta does not accept this request: its API has changed. Update this program, or report it",
    is_of_part=True,
)
METRIC = Meaning(BadInput, "Meta no longer has one of these metrics, or never had it", is_of_part=True)
UNSUITED = Meaning(BadInput, "Meta does not have this metric for such an object or such days", is_of_part=True)
GONE = Meaning(
    Refused,
    "there is no such object, or the token may not see it: check the number in the client's file, and that the Page or"
    " account is assigned to the owner of the token in Meta Business Suite",
    is_of_part=True,
)
RIGHT = Meaning(
    Refused,
    "the token lacks a permission: read_insights and pages_read_engagement for a Page, pages_read_user_content for"
    " reactions and comments, instagram_basic and instagram_manage_insights for Instagram, instagram_manage_comments"
    " for comments there",
    is_of_part=True,
)
TOO_FEW = Meaning(Refused, "too few people for Meta to show it", is_of_part=True)
BEFORE_BUSINESS = Meaning(Refused, "it was published before the account became a business account", is_of_part=True)
WRONG_KIND = Meaning(
    Refused,
    "the token works, but it is of the wrong kind: Meta wants the Page's own token here. It is fetched with the token"
    " of a system user, or of a person, who has a role on the Page: check that role",
)
DEAD = Meaning(
    Refused,
    "the token is dead: issue a new one for the system user in Meta Business Suite, and put it into the connection's"
    " password",
)
SPENT = Meaning(QuotaSpent, "Meta's allowance is used up")
BLOCKED = Meaning(
    QuotaSpent,
    "Meta has blocked this for a while by its rules: see the app's notifications at developers.facebook.com",
    wait=timedelta(days=1),
)

MEANINGS: dict[int, Meaning] = {
    **dict.fromkeys((1, 2), BUSY),
    **dict.fromkeys((4, 17, 32, 613, 80001, 80002, 80006), SPENT),
    **dict.fromkeys((341, 368), BLOCKED),
    **dict.fromkeys((102, 190), DEAD),
    **dict.fromkeys((3, 10, *range(200, 300)), RIGHT),
    100: FORM,
}


@dataclass(frozen=True)
class Refusal:
    """An error of Meta's, without what it was asked with. ``code`` is None where the answer had none."""

    status: int
    code: int | None
    subcode: int | None = None
    text: str = ""  # Meta's words
    fault: str = field(default="")  # why there is no answer at all

    @classmethod
    def of(cls, status: int, told: Any, secrets: Iterable[str]) -> "Refusal":
        """``told``: the decoded body, whatever it is."""
        error = told.get("error") if isinstance(told, Mapping) else None
        if not isinstance(error, Mapping) or not isinstance(error.get("code"), int):
            return cls(status, None, fault=f"HTTP status {status}, and no answer of Meta's form")
        subcode = error.get("error_subcode")
        return cls(
            status,
            error["code"],
            subcode if isinstance(subcode, int) else None,
            words.plain(error.get("error_user_msg") or error.get("message"), secrets),
        )

    @classmethod
    def kept(cls, error: Json) -> "Refusal":
        """From what `as_json` gave."""
        if error["code"] is None:
            return cls(error["status"], None, fault=error["message"])
        return cls(error["status"], error["code"], error.get("error_subcode"), error["message"])

    def as_json(self) -> Json:
        """For an answer that is archived."""
        return {
            "status": self.status,
            "code": self.code,
            "error_subcode": self.subcode,
            "message": self.text or self.fault,
        }

    @property
    def meaning(self) -> Meaning:
        return BUSY if self.code is None else _meaning(self.code, self.subcode, self.text.lower())

    @property
    def is_of_part(self) -> bool:
        return self.meaning.is_of_part

    @property
    def reason(self) -> str:
        """Why a part stays unknown, or a load has ended."""
        if self.code is None:
            return self.fault
        number = f"{self.code}/{self.subcode}" if self.subcode else str(self.code)
        said = f' (Meta says: "{self.text}")' if self.text else ""
        return f"Meta answered with error {number}: {self.meaning.advice}{said}"


def failure(refusal: Refusal, wait: timedelta | None = None) -> SourceError:
    """The refusal as one of ours. ``wait``: as the headers say; None = as usual for this error."""
    meaning = refusal.meaning
    if meaning.kind is QuotaSpent:
        return QuotaSpent(refusal.reason, wait or meaning.wait)
    return meaning.kind(refusal.reason)


def _meaning(code: int, subcode: int | None, text: str) -> Meaning:
    match code, subcode:
        case 1, 99:  # for a plainly wrong question, and for ever
            return FORM
        case 100, 33:
            return GONE
        case 100, 2108006:
            return BEFORE_BUSINESS
        case 100, _ if "for this media product type" in text or "only supports querying" in text:
            return UNSUITED
        case 100, _ if "metric" in text:
            return METRIC
        case 10, _ if "not enough viewers" in text:
            return TOO_FEW
        case 190, _ if "page access token" in text:
            return WRONG_KIND
    return MEANINGS.get(code, FORM)
