"""What is left of a property's quotas, as its answers tell."""

from typing import Any

# Of a standard property; of a 360 property the tokens are ten times as many. An answer tells what is left, not which
# of the two it is: whoever has more of anything left than a standard property ever has is of 360.
STANDARD = {
    "tokens_per_project_per_hour": 14_000,
    "tokens_per_hour": 40_000,
    "tokens_per_day": 200_000,
    "concurrent_requests": 10,
    "server_errors_per_project_per_hour": 10,
}
TOKENS = [name for name in STANDARD if name.startswith("tokens")]
RESERVE = 0.1  # of each token quota: below it, what can wait does


class Quota:
    def __init__(self) -> None:
        self.left: dict[str, int] = {}  # the least seen of each, by GA4's names
        self._is_360 = False

    def take(self, told: Any) -> None:
        """Note a PropertyQuota (plain protobuf)."""
        for field, status in told.ListFields():
            if status.HasField("remaining"):
                self.left[field.name] = min(status.remaining, self.left.get(field.name, status.remaining))
                self._is_360 |= status.remaining > STANDARD.get(field.name, status.remaining)

    def shortage(self) -> str | None:
        """Of which tokens less than the reserve is left, in words; None if there are enough."""
        limits = {name: STANDARD[name] * (10 if self._is_360 else 1) for name in TOKENS}
        for name, limit in limits.items():
            if self.left.get(name, limit) < RESERVE * limit:
                return f"{self.left[name]} of {limit} {name} are left"
        return None
