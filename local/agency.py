"""The demo's agency: its letters have a name, a colour and a signature, and managers read them before readers do."""

from pathlib import Path

import yaml

NAME = "_agency.yml"


def write(clients: Path, board: str) -> None:
    """Write the agency's file beside the demo's client files; a user's own, which stays from demo to demo, is kept."""
    file = clients / NAME
    if file.exists():
        return
    content = {
        "name": "Northern Lights",
        "colour": "#0b6e99",
        "operators": ["ops@agency.example"],
        "draft_hours": 24,
        "board": board,
        "people": {
            "anna@agency.example": {
                "name": {"en": "Anna Berg", "ru": "Анна Берг"},
                "role": {"en": "Account manager", "ru": "Менеджер проекта"},
                "phone": "+46 70 123 45 67",
            }
        },
    }
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
