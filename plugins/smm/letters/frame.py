"""What every letter wears: the agency's name, colour and logo, and the templates in which they stand."""

from functools import cache
from typing import Any
from unicodedata import category

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from smm.files.agency import Agency
from smm.letters import charts
from smm.letters.charts import Picture
from smm.project import INCLUDE

UNSEEN = dict.fromkeys({*range(32), 127} - set(map(ord, "\t\n\r")), " ")  # no HTML may have them, and MJML stops there
LOGO_HEIGHT, LOGO_WIDTH = 40, 200  # pixels when shown, at most


def worn(agency: Agency, logo: Picture | None) -> dict[str, Any]:
    """What frame.mjml takes of the agency."""
    return {"agency": agency, "logo": logo, "logo_size": logo_size(agency)}


def logo(agency: Agency) -> Picture | None:
    return charts.inline(agency.logo.png, agency.name) if agency.logo else None


def logo_size(agency: Agency) -> tuple[int, int]:
    """Width and height at which the logo is shown."""
    if agency.logo is None:
        return (0, 0)
    scale = min(1, LOGO_HEIGHT / agency.logo.height, LOGO_WIDTH / agency.logo.width)
    return max(1, round(agency.logo.width * scale)), max(1, round(agency.logo.height * scale))


@cache
def templates() -> Environment:
    """Those of include/letters."""
    found = Environment(
        loader=FileSystemLoader(INCLUDE / "letters"),
        autoescape=select_autoescape(["mjml"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda shown: shown.translate(UNSEEN) if isinstance(shown, str) else shown,
    )
    found.filters["attribute"] = _attribute
    return found


def _attribute(text: str) -> Markup:
    """The text for an attribute: the MJML library would write a no-break space there as ``\\u{a0}``, in letters."""
    plain = (each.isprintable() and each != "\\" and category(each)[0] != "M" for each in text)
    return Markup("").join(
        escape(each) if is_plain else Markup("&#{};").format(ord(each))
        for each, is_plain in zip(text, plain, strict=True)
    )
