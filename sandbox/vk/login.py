"""VK ID's `POST /oauth2/auth`: a user's token is renewed by a refresh token, which works once."""

from sandbox.data import FarEnds, Login
from sandbox.vk.params import Json

PATH = "/oauth2/auth"


def renew(far_ends: FarEnds, fields: dict[str, str], now: float) -> Json:
    """A new pair, from `now` (seconds of the server's clock) on; the old access token ends at once."""
    if fields.get("grant_type") != "refresh_token":
        return _refused("unsupported_grant_type", "grant_type should be refresh_token here")
    for name in ("refresh_token", "client_id", "device_id", "state"):
        if not fields.get(name):
            return _refused("invalid_request", f"{name} is missing")
    login = next((login for login in far_ends.logins if fields["refresh_token"] in login.refresh_tokens), None)
    if login is None or fields["device_id"] != login.device_id:
        return _refused("invalid_grant", "refresh_token is invalid or expired")
    if fields["client_id"] != login.client_id:
        return _refused("invalid_client", "client_id is invalid")
    if fields["refresh_token"] != login.refresh_tokens[-1]:
        login.is_alive = False  # a used one may be a stolen one: nobody has the login any more
    if not login.is_alive:
        return _refused("invalid_grant", "refresh_token is invalid or expired")
    login.turn(now)
    return {
        "access_token": login.access_token,
        "refresh_token": login.refresh_tokens[-1],
        "token_type": "Bearer",
        "expires_in": login.seconds,
        "user_id": 9001,
        "state": fields["state"],
        "scope": "vkid.personal_info stats wall groups",
    }


def admits(login: Login, token: str, now: float) -> bool:
    """Whether it is the access token of the login, and still good."""
    return login.is_alive and token == login.access_token and (login.ends_at is None or now < login.ends_at)


def _refused(error: str, description: str) -> Json:
    return {"error": error, "error_description": description}
