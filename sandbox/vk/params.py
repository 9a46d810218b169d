"""The parameters of one VK call, and the errors VK answers with."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

MESSAGES = {
    3: "Unknown method passed",
    5: "User authorization failed",
    6: "Too many requests per second",
    8: "Invalid request",
    12: "Unable to compile code",
    13: "Runtime error occurred during code invocation",
    15: "Access denied",
    27: "Group authorization failed",
    28: "Application authorization failed",
    100: "One of the parameters specified was missing or invalid",
    125: "Invalid group id",
    150: "Invalid timestamp",
    212: "Access to post comments denied",
}


class VkError(Exception):
    """An error of VK's by its code; `detail` follows VK's own wording."""

    def __init__(self, code: int, detail: str = "") -> None:
        self.code = code
        self.message = f"{MESSAGES[code]}: {detail}" if detail else MESSAGES[code]
        super().__init__(f"[{code}] {self.message}")


class Params:
    """Values as a form sends them: texts. Those of an inner call of `execute` are JSON and are brought to that form."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = {name: _as_sent(value) for name, value in values.items() if value is not None}

    def text(self, name: str, default: str | None = None) -> str:
        value = self._values.get(name) or default
        if value is None:
            raise VkError(100, f"{name} is undefined")
        return value

    def integer(self, name: str, default: int | None = None) -> int:
        value = self.text(name, None if default is None else str(default))
        try:
            return int(value)
        except ValueError:
            raise VkError(100, f"{name} not integer") from None

    def natural(self, name: str, default: int | None = None) -> int:
        value = self.integer(name, default)
        if value < 0:
            raise VkError(100, f"{name} should be positive")
        return value

    def flag(self, name: str, default: bool) -> bool:
        return self.integer(name, int(default)) != 0

    def words(self, name: str) -> list[str]:
        """The comma-separated parts; none where the parameter is absent."""
        return [word.strip() for word in self._values.get(name, "").split(",") if word.strip()]

    def choice(self, name: str, among: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in among:
            raise VkError(100, f"{name} should be one of {', '.join(among)}")
        return value

    def refuse(self, *names: str) -> None:
        """Parameters that VK knows and this far end does not: an answer that ignored them would be a wrong one."""
        for name in names:
            if self._values.get(name, "0") not in {"", "0"}:
                raise VkError(100, f"{name} is not served here")


def _as_sent(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, list):
        return ",".join(_as_sent(item) for item in value)
    return str(value)
