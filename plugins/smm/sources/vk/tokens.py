"""VK's tokens. That of a user of VK ID lives for an hour, and is renewed by a refresh token that works once.

The new pair is put away at once. A process that is killed between VK's answer and that moment takes the only refresh
token with it, and the user has to authorise anew: so nothing stands between the two, and before the old one is spent
it is tried whether a pair can be put away at all.
"""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import requests

from smm.sources import Access, BadInput, Refused, Transient, Vault
from smm.sources.http import fault
from smm.sources.vk import values, words
from smm.sources.vk.api import Http
from smm.sources.vk.errors import Json

ADDRESS = "https://id.vk.com/oauth2/auth"
LIFE = 0.95  # of what VK says: clocks differ, and requests take time
YEAR = 366 * 86_400  # seconds; no token is believed to live longer
NEEDED = ("refresh_token", "client_id", "device_id")  # of the connection's extra
OF_CLIENT = ("invalid_client", "invalid_request", "unauthorized_client")
ANEW = "re-authorise the VK user and put the new access and refresh tokens into the connection"


class Token(Protocol):
    own: str  # the connection's; it stands for the user, the application or the community whose requests are counted
    is_renewable: bool

    def current(self) -> str:
        """The token to ask with now."""

    def renew(self) -> None:
        """After VK has refused the current one. Raises Refused, Transient."""


class FixedToken:
    """A token for good: an application's, a community's, or a user's without a refresh token."""

    is_renewable = False

    def __init__(self, own: str) -> None:
        self.own = own

    def current(self) -> str:
        return self.own

    def renew(self) -> None:
        """There is no other."""


@dataclass(frozen=True, repr=False)
class _Pair:
    access_token: str
    refresh_token: str
    ends_at: str = ""  # ISO; "" = not known

    @property
    def has_ended(self) -> bool:
        return bool(self.ends_at) and datetime.fromisoformat(self.ends_at) <= datetime.now(UTC)


class UserToken:
    """A user's token with what renews it: the pair in the vault, or else the connection's own."""

    is_renewable = True

    def __init__(self, connection: Any, vault: Vault, http: Http) -> None:
        extra = connection.extra_dejson
        self.own: str = connection.password
        self._vault = vault
        self._http = http
        self._client = {key: str(extra[key]) for key in ("client_id", "device_id")}
        self._connections = _Pair(self.own, extra["refresh_token"])
        self._origin = json.dumps([self.own, extra["refresh_token"]])
        self._pair: _Pair | None = None

    def current(self) -> str:
        if self._pair is None:
            self._pair = self._latest()
        if self._pair.has_ended:
            self.renew()
        return self._pair.access_token

    def renew(self) -> None:
        with self._vault.alone():
            latest = self._latest()
            if latest == self._pair:  # else another task was faster
                self._put(latest)
                latest = self._renewed(latest)
                self._put(latest)
            self._pair = latest

    def unrenewed(self) -> str:
        """The token to ask with now, if it need not be renewed. Raises Transient if it must be."""
        latest = self._latest()
        if latest.has_ended:
            raise Transient("the VK user's token has expired; the next load renews it")
        return latest.access_token

    def _latest(self) -> _Pair:
        kept = self._vault.get(self._origin)
        pair = _Pair(**kept) if kept else self._connections
        self._http.secrets.update((pair.access_token, pair.refresh_token))
        return pair

    def _put(self, pair: _Pair) -> None:
        self._vault.put(self._origin, vars(pair))
        self._http.secrets.update((pair.access_token, pair.refresh_token))

    def _renewed(self, pair: _Pair) -> _Pair:
        said = self._said({"refresh_token": pair.refresh_token, "state": secrets.token_urlsafe(24), **self._client})
        match said:
            case {"error": "server_error" | "temporarily_unavailable" | "slow_down" as error}:
                raise _unanswered(error)
            case {"error": str(error)}:
                raise Refused(self._refusal(error, said.get("error_description")))
            case {"access_token": str(access_token)} if access_token:
                refresh_token = said.get("refresh_token") or pair.refresh_token
                return _Pair(access_token, refresh_token, _end(said.get("expires_in")))
        raise _unanswered(said.get("fault", "an answer of another form"))

    def _refusal(self, error: str, description: Any) -> str:
        why = error if re.fullmatch(r"[a-z_]{1,40}", error) else "an error"
        first = "check extra.client_id and extra.device_id, else " if error in OF_CLIENT else ""
        told = words.plain(description, self._http.secrets)
        quoted = f' (VK says: "{told}")' if told else ""
        return f"VK does not renew the user's token ({why}): {first}{ANEW}{quoted}"

    def _said(self, form: dict[str, str]) -> Json:
        try:
            response = self._http.post(ADDRESS, data={"grant_type": "refresh_token", **form})
            if response.status_code >= 500:
                return {"fault": f"HTTP status {response.status_code}"}
            said: Any = response.json()
        except (requests.RequestException, UnicodeDecodeError) as error:
            return {"fault": fault(error)}
        return said if isinstance(said, dict) else {}


def _end(expires_in: Any) -> str:
    """ISO; "" for a token for good, of which VK says 0, -1 or nothing: it is renewed once VK refuses it."""
    seconds = values.count(expires_in)
    if not seconds:
        return ""
    return (datetime.now(UTC) + timedelta(seconds=LIFE * min(seconds, YEAR))).isoformat()


def _unanswered(why: str) -> Transient:
    return Transient(
        f"VK did not answer the renewal of the user's token: {why}; try again in a minute. If VK then refuses the"
        f" renewal, the answer was lost on the way: {ANEW}"
    )


@dataclass(frozen=True, repr=False)
class AtHand:
    own: str  # whose requests are counted
    current: str  # to ask with now


def at_hand(access: Access, http: Http) -> AtHand:
    """A token for a call that nobody waits for: the application's, else the user's.

    Nothing is renewed for it: an answer that is lost on its way would end a login. Raises BadInput, Transient.
    """
    service = access.connection.extra_dejson.get("service_token")
    if service and access.vault:
        access.vault.hide(service)
    token = FixedToken(service) if service else of_user(access, http)
    http.secrets.add(token.own)
    return AtHand(token.own, token.unrenewed() if isinstance(token, UserToken) else token.current())


def of_user(access: Access, http: Http) -> Token:
    """The connection's password, renewed if its extra has what this takes. Raises BadInput if half of that is there."""
    connection = access.connection
    if not connection.password:
        raise BadInput("the VK connection has no token: put the user's token into its password")
    http.secrets.add(connection.password)
    missing = [key for key in NEEDED if not connection.extra_dejson.get(key)]
    if missing and "refresh_token" not in missing:
        raise BadInput(f"the VK connection has a refresh_token, which is useless without {' and '.join(missing)}")
    if missing or access.vault is None:
        return FixedToken(connection.password)
    return UserToken(connection, access.vault, http)
