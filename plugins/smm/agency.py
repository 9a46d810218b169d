"""The agency: its name and looks, who operates the machine, and how long its managers have for a draft."""

from pydantic import BaseModel, ConfigDict

from smm.checked import CheckedFile
from smm.project import clients_folder


class Agency(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str | None = None
    logo: str | None = None
    colour: str | None = None
    operators: tuple[str, ...] = ()
    draft_hours: int = 0  # 0 = no drafts
    board: str | None = None


def read() -> Agency:
    """What _agency.yml in the clients' folder says; without it, nothing. Raises Mistakes."""
    path = clients_folder() / "_agency.yml"
    return CheckedFile(path).parse(Agency) if path.exists() else Agency()
