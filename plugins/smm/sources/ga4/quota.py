"""What is left of a property's quotas, as its answers tell."""

from typing import Any

from smm.sources import RESERVE
from smm.sources.ga4 import SOURCE

STANDARD = {name: quota.most for name, quota in SOURCE.quotas.items()}
TOKENS = [name for name in STANDARD if name.startswith("tokens")]


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
