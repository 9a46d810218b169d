"""VK communities, by its API 5.199: members, statistics, the posts of the wall, their reach, and who writes.

Members, counters and reach are those of the moment at which they are asked for; ``fetched_at`` says which.
Reports: ``members``, ``stats``, ``posts``, ``post_reach``, ``own_comments``, and ``messages`` for a client that counts
them as leads. One that VK refuses is noted as ``no_access``, with VK's own words, and the others are loaded.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from smm.files.entry import ConnectionId, Entry, Line
from smm.files.identities import numbered
from smm.sources import Gives, Options, Source

AGES = ("12-18", "18-21", "21-24", "24-27", "27-30", "30-35", "35-45", "45-100")


class Audience(Entry):
    """Whom a client wants to reach, in VK's own groups: by sex and age, which VK counts together, or by city."""

    sex: Literal["female", "male"] | None = None
    ages: Annotated[list[Literal[AGES]], Field(min_length=1)] | None = Field(  # type: ignore[valid-type]
        default=None, examples=["[24-27, 27-30]"]
    )
    cities: Annotated[list[Line], Field(min_length=1)] | None = Field(default=None, examples=["[Москва]"])

    @model_validator(mode="after")
    def _one_kind(self) -> "Audience":
        has_people = self.sex is not None or self.ages is not None
        if has_people == (self.cities is not None):
            raise ValueError(
                "must name sex, ages or both, or else cities: VK counts cities apart from sex and age, so that who is"
                " both is not known"
            )
        return self

    @property
    def groups(self) -> tuple[str, list[str]]:
        """The block of VK's statistics that has the audience, and its groups there."""
        sex = {"female": "f", "male": "m"}.get(self.sex or "")
        if self.cities is not None:
            return "city", sorted(set(self.cities))
        if self.ages is None:
            return "sex", [str(sex)]
        ages = sorted(set(self.ages))
        return ("age", ages) if sex is None else ("sex_age", [f"{sex};{age}" for age in ages])


class Community(Options):
    connection: ConnectionId
    community: Annotated[
        int,
        # as addresses have it (vk.com/club174905001), or as the API does, which names communities by numbers below 0
        BeforeValidator(
            numbered("the community's number, such as 174905001", "the community's settings", "^-|club|public|event")
        ),
    ]
    audience: Audience | None = Field(default=None, examples=["{sex: female, ages: [24-27, 27-30]}"])

    @property
    def wanted_groups(self) -> tuple[str, list[str]] | None:
        return self.audience.groups if self.audience else None


SOURCE = Source(
    name="vk",
    title="VK",
    options=Community,
    kinds=("counts", "posts", "audience", "threads"),
    reload_days=3,  # statistics settle in two days
    one_by_one=True,
    kept=("reach_followers", "page_views"),
    identity="community",
    may_change=False,  # posts of two communities under one name would mix
    leads={"messages": None},
    post_address="https://vk.com/wall-{identity}_{post}",
    shows_posts=True,
    gives=(
        Gives("stats", "counts", ("likes", "comments", "reposts", "followers_gained", "followers_lost")),
        Gives("stats", "counts", ("reach", "visitors"), ("day", "week", "month")),
        Gives("stats", "audience", ("audience_reach", "audience_known"), ("week", "month")),
        Gives("members", "counts", ("followers",)),
        Gives(
            "posts",
            "posts",
            ("posts", "posts_reposted", "post_likes", "post_comments", "post_reposts", "post_views"),
        ),
        Gives("post_reach", "posts", ("post_reach", "post_reach_followers", "post_clicks", "joins_from_posts")),
        Gives("own_comments", "posts", ("post_comments_own",)),
        Gives("messages", "threads", ("messages", "messages_settled", "messages_answered"), lead_part="messages"),
        Gives("messages", "threads", ("response_minutes",), ("day", "week", "month"), lead_part="messages"),
    ),
)
