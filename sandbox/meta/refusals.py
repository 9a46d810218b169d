"""What Meta says in place of an answer."""

from collections.abc import Iterable
from typing import Any


class GraphError(Exception):
    """`more`: what else Meta says of it."""

    def __init__(
        self, code: int, text: str, *, subcode: int | None = None, status: int = 400, more: dict[str, Any] | None = None
    ) -> None:
        super().__init__(text)
        self.status = status
        self.body: dict[str, Any] = {
            "error": {"message": text, "type": "OAuthException", "code": code, "fbtrace_id": "A1b2C3"}
            | ({"error_subcode": subcode} if subcode else {})
            | (more or {})
        }


def unknown_object(name: str) -> GraphError:
    told = (
        f"Unsupported get request. Object with ID '{name}' does not exist, cannot be loaded due to missing permissions"
    )
    return GraphError(100, told, subcode=33)


def dead_metric() -> GraphError:
    """Of a Page: it does not say which one."""
    return GraphError(100, "(#100) The value must be a valid insights metric")


def no_such_metric(at: int, known: Iterable[str]) -> GraphError:
    """Of an account or a medium: the place of the metric that is meant, and all that there are."""
    return GraphError(100, f"(#100) metric[{at}] must be one of the following values: {', '.join(known)}")


def before_business_account() -> GraphError:
    told = {
        "error_data": {"blame_field_specs": [[""]]},
        "is_transient": False,
        "error_user_title": "Media posted before business account conversion",
        "error_user_msg": "The media was posted before the most recent time that the user's account was converted to a"
        " business account from a personal account.",
    }
    return GraphError(100, "Invalid parameter", subcode=2108006, more=told)
