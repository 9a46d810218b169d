"""What Meta says in place of an answer."""

from typing import Any


class GraphError(Exception):
    def __init__(self, code: int, text: str, *, subcode: int | None = None, status: int = 400) -> None:
        super().__init__(text)
        self.status = status
        self.body: dict[str, Any] = {
            "error": {"message": text, "type": "OAuthException", "code": code, "fbtrace_id": "A1b2C3"}
            | ({"error_subcode": subcode} if subcode else {})
        }


def unknown_object(name: str) -> GraphError:
    told = (
        f"Unsupported get request. Object with ID '{name}' does not exist, cannot be loaded due to missing permissions"
    )
    return GraphError(100, told, subcode=33)


def dead_metric() -> GraphError:
    """Of a Page: it does not say which one."""
    return GraphError(100, "(#100) The value must be a valid insights metric")
