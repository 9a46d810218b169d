"""VK's API 5.199 through vk_api: calls packed into `execute`, limits kept, tokens renewed, errors as `SourceError`.

``said`` below is VK's body of one call: {"response": ...}, or {"error": ...} where VK refuses what it asked for.
"""

from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from datetime import timedelta

from smm.sources import Access, BadInput
from smm.sources.vk import api, tokens
from smm.sources.vk.api import Http
from smm.sources.vk.caller import Caller
from smm.sources.vk.errors import COMMUNITY, SERVICE, USER, Json
from smm.sources.vk.execute import Call
from smm.sources.vk.tokens import FixedToken

# VK takes 3 requests per second by a user's or an application's token, 20 by a community's.
GAP = timedelta(seconds=0.34)
COMMUNITY_GAP = timedelta(seconds=0.05)


@contextmanager
def opened(access: Access) -> Iterator["Session"]:
    """VK, spoken to with the tokens of an Airflow connection; ``host`` leads to a far end on this machine instead.

    Raises BadInput for a connection that cannot work.
    """
    with api.opened(access.connection.host) as http:
        yield Session(access, http)


class Session:
    def __init__(self, access: Access, http: Http) -> None:
        extra = access.connection.extra_dejson
        hidden = [str(value) for key, value in extra.items() if key.endswith("_token") and value]
        if access.vault:  # Airflow hides a connection's extra as a whole, not what is in it
            access.vault.hide(*hidden)
        http.secrets.update(hidden)
        service, community = extra.get("service_token"), extra.get("community_token")
        self._http = http
        self._user = Caller(access, http, tokens.of_user(access, http), USER, GAP)
        self._service = Caller(access, http, FixedToken(service), SERVICE, GAP) if service else None
        self._community = Caller(access, http, FixedToken(community), COMMUNITY, COMMUNITY_GAP) if community else None

    @property
    def requests(self) -> int:
        """HTTP requests made so far, repeated ones and renewals of tokens included."""
        return self._http.count

    @property
    def has_community(self) -> bool:
        """Whether the connection has a community's token."""
        return self._community is not None

    def look(self, calls: Sequence[Call]) -> list[Json]:
        """Call what an application may see, by the service token if there is one; it may not use execute."""
        if self._service is None:
            return self.pack(calls)
        return self._service.single(calls)

    def pack(self, calls: Sequence[Call], spared: Set[int] = frozenset()) -> list[Json]:
        """Call everything by the user's token, many calls to a request.

        Codes that are ``spared`` are answers too, where VK says them of one call and not of the whole request.
        """
        return self._user.packed(calls, spared)

    def as_community(self, calls: Sequence[Call]) -> list[Json]:
        """Call what only the community sees, such as its messages, by its token, many calls to a request.

        Raises BadInput where the connection has none.
        """
        if self._community is None:
            raise BadInput("the VK connection has no community's token: put it into extra.community_token")
        return self._community.packed(calls)
