"""VK's error codes, one row per kind: what such an error is to a load, and the advice that helps whoever reads it.

All of VK's codes: https://dev.vk.com/reference/errors. What VK says beside the code is quoted after the advice.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from smm.sources import BadInput, QuotaSpent, Refused, SourceError, Transient

NO_ACCESS = frozenset({7, 15, 20, 21, 23, 200, 201, 203, 204, 210, 211, 212, 260, 600, 1051})
BUSY = frozenset({1, 10, 36, 43})
TOO_FAST = frozenset({6})
DEAD = frozenset({5, 28, 1114, 1116, 1117, 3609})  # of a token: a renewed one may be taken
TOO_BIG = frozenset({12, 13})
ANOTHER_ADDRESS = 1130  # a subcode of error 5
BLOCKED = 37  # VK also says it in the words of error 5


@dataclass(frozen=True)
class Meaning:
    """``is_of_part``: the error is of what one call asked for. That stays unknown, and the rest is loaded.

    The advice may name the token's ``{place.field}`` and ``{place.owner}``, and the ``{right}`` that a method takes.
    """

    kind: type[SourceError]
    advice: str
    is_of_part: bool = False


UNKNOWN = Meaning(BadInput, "see https://dev.vk.com/reference/errors", is_of_part=True)

_KINDS = (
    "the password must be a user's token (statistics), extra.service_token an application's (walls),"
    " extra.community_token a community's (messages)"
)

_TABLE: list[tuple[Iterable[int], Meaning]] = [
    # VK, its limits and its guards
    (BUSY, Meaning(Transient, "VK is at fault or busy; try again in a minute")),
    (
        TOO_FAST,
        Meaning(Transient, "too many requests per second; does another program ask with {place.field}?"),
    ),
    (
        (9, 32, 1105),
        Meaning(QuotaSpent, "VK says that this was requested too often, and refuses it for now"),
    ),
    ((29, 601), Meaning(QuotaSpent, "VK gives no more of this today")),
    (
        (14, 3300),
        Meaning(QuotaSpent, "VK demands a captcha, which is not solved here; wait until it no longer does"),
    ),
    # the token
    (
        DEAD - {28},
        Meaning(Refused, "the token is dead: re-authorise {place.owner} and put the new token into {place.field}"),
    ),
    (
        (ANOTHER_ADDRESS, 1118),
        Meaning(
            Refused,
            "VK accepts {place.field} only from the IP address that it was issued for: issue it from the workers'"
            " outgoing address, the same one for all of them. Tokens of applications (extra.service_token, for walls)"
            " and of communities (extra.community_token, for messages) are not bound to an address",
        ),
    ),
    (
        (42,),
        Meaning(
            Refused,
            "the application of {place.field} may be used from other IP addresses only: add the workers' outgoing"
            " address to the application's settings on VK",
        ),
    ),
    ((27,), Meaning(Refused, "{place.field} is of the wrong kind: it must be the token of {place.owner}; " + _KINDS)),
    (
        (28,),
        Meaning(Refused, "VK does not accept {place.field} for this: it is dead, or of the wrong kind; " + _KINDS),
    ),
    (
        (4,),
        Meaning(
            Refused,
            "VK demands signed requests for this token, which are not made here: issue {place.field} again, without the"
            " scope nohttps",
        ),
    ),
    ((16,), Meaning(Refused, "VK demands HTTPS for {place.field}: the connection's host must be empty or https://")),
    (
        (2, 11),
        Meaning(
            Refused,
            "the application that {place.field} was issued by is switched off, or in test mode: switch it on in its"
            " settings on VK",
        ),
    ),
    (
        (38, 101),
        Meaning(
            Refused,
            "VK does not know the application that {place.field} was issued by: put in a token of one that exists",
        ),
    ),
    (
        (37, 39, 3610, 3611),
        Meaning(
            Refused,
            "VK has blocked or deleted the user whose token {place.field} is: restore that page on VK, or put in the"
            " token of another administrator of the community",
        ),
    ),
    (
        (17, 24, 25, 41, 3301, 3302, 3303, 3304, 11500),
        Meaning(
            Refused,
            "VK wants proof of who the owner of the token is: log in to VK as the owner of {place.field}, do what"
            " it asks for, and run this again",
        ),
    ),
    # a right to what was asked for
    ((7, 15), Meaning(Refused, "{right}", is_of_part=True)),
    (
        (20, 21),
        Meaning(
            Refused,
            "VK allows this to Standalone applications only: the token must be issued by one of these",
            is_of_part=True,
        ),
    ),
    (
        (23,),
        Meaning(Refused, "VK has switched this method off for everybody: no token helps", is_of_part=True),
    ),
    (
        (30, 203),
        Meaning(
            Refused,
            "the community is private: the token's user must be a member, better an administrator; an application's"
            " token (extra.service_token) sees public communities only",
            is_of_part=True,
        ),
    ),
    (
        (200, 201, 204, 210, 211, 212, 260),
        Meaning(
            Refused,
            "the community's settings, or somebody's privacy, close this one thing: an administrator of the community"
            " can open it",
            is_of_part=True,
        ),
    ),
    (
        (600,),
        Meaning(Refused, "the token's user needs a role in the advertising account", is_of_part=True),
    ),
    (
        (1051,),
        Meaning(
            Refused,
            "VK does not give this method to the kind of profile or token that asks, such as the token of a VK ID"
            " application without this scope: put an application's service key into extra.service_token (walls), and"
            " for statistics a token of an administrator's own page, by an application to which VK has granted the"
            " scopes stats, wall and groups",
            is_of_part=True,
        ),
    ),
    # what was asked for
    (
        (18, 19),
        Meaning(
            Refused,
            "the community, or the token's user, is deleted or blocked: check both on VK, or end the community in the"
            " client's file",
            is_of_part=True,
        ),
    ),
    (
        (40, 113, 125),
        Meaning(
            BadInput,
            "VK knows no such community: check the community's number in the client's file",
            is_of_part=True,
        ),
    ),
    (
        (100, 103, 104),
        Meaning(
            BadInput,
            "VK does not accept one of the values in the request, and says which; if it is group_ids, group_id or"
            " owner_id, check the community's number in the client's file",
            is_of_part=True,
        ),
    ),
    (
        (150,),
        Meaning(
            BadInput,
            "VK does not accept the requested days: check the worker's clock, and the days of this run",
            is_of_part=True,
        ),
    ),
    (
        (3, 8, 33, 34, 35, 9999),
        Meaning(
            BadInput,
            "VK does not take this form of request, whatever it asks for: VK's API has changed, or it does not take"
            " version 5.199 any more. Update this program, or report it to its authors",
            is_of_part=True,
        ),
    ),
    (
        TOO_BIG,
        Meaning(BadInput, "VK could not run the request, nor its halves: too much of it, or a mistake in this program"),
    ),
    (
        (602, 603),
        Meaning(
            BadInput,
            "VK's advertising cannot do this, and will not by itself: see the advertising account",
            is_of_part=True,
        ),
    ),
]

MEANINGS: dict[int, Meaning] = {code: meaning for codes, meaning in _TABLE for code in codes}
