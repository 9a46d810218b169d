"""The agency that the letters come from: `_agency.yml` beside the client files. Without it, letters bear no name.

```yaml
name: Northern Lights
logo: logo.png                     # a PNG beside this file
colour: "#0b6e99"                  # of headings, and of the plan in charts
operators: [ops@agency.example]    # told of what went wrong
draft_hours: 0                     # how long a letter waits for the client's manager; 0 = not at all
board: https://airflow.agency.example    # where people open Airflow, and in it the board: drafts link to it
people:                            # who signs the letters of the clients whose manager has this address
  anna@agency.example: {name: Anna Berg, role: Account manager, phone: "+46 70 123 45 67"}
pages: {days: 90}                  # each letter links to a page of its reader's own; the link works for so many days
```
"""

import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from smm.files import people
from smm.files.checked import CheckedFile, Mistake, Mistakes
from smm.files.entry import Address, Entry, Line, Whole
from smm.files.loopback import is_loopback
from smm.files.people import People, Person
from smm.files.quoted import quoted
from smm.project import clients_folder

NAME = "_agency.yml"
COLOUR = "#0b6e99"
LEAST_CONTRAST = 4.5  # WCAG 2 AA, of text on white
MOST_BYTES = 100_000  # of a logo, which every letter carries


def contrast(colour: str) -> float:
    """How far ``#rrggbb`` stands out from white, from 1 to 21, as WCAG 2 counts it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError(f'must be six hexadecimal digits in quotes, such as "{COLOUR}", found {quoted(value)}')
    if contrast(value) < LEAST_CONTRAST:
        raise ValueError(
            f"must be darker: on white, text of {value} has a contrast of {contrast(value):.1f}, and {LEAST_CONTRAST}"
            f' is the least that everybody can read; write "{_darker(value)}"'
        )
    return value.lower()


def _darker(colour: str) -> str:
    """The lightest of the same hue that can be read on white."""
    parts = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    shades = ("#" + "".join(f"{part * share // 100:02x}" for part in parts) for share in range(99, -1, -1))
    return next(shade for shade in shades if contrast(shade) >= LEAST_CONTRAST)


def _web(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s\"'<>?#]+", value) or value.rstrip("/").endswith("/board"):
        raise ValueError(f"must be Airflow's address, such as https://airflow.agency.example, found {quoted(value)}")
    return value


class Pages(Entry):
    """Readers have pages of their own (`smm.pages`); without this, nobody has."""

    # for which the link in a mail works
    days: Annotated[Whole, Field(strict=True, ge=1, le=366)] = Field(examples=["90"])


class File(Entry):
    """The whole file."""

    name: Line
    logo: Line | None = Field(default=None, examples=["logo.png"])
    colour: Annotated[str, AfterValidator(_colour)] = Field(default=COLOUR, examples=[f'"{COLOUR}"'])
    operators: tuple[Address, ...] = Field(default=(), examples=["[ops@agency.example]"])
    draft_hours: Annotated[Whole, Field(strict=True, ge=0, le=24 * 7)] = Field(default=0, examples=["4"])
    board: Annotated[str, AfterValidator(_web)] | None = Field(
        default=None, examples=["https://airflow.agency.example"]
    )
    people: People = {}
    pages: Pages | None = Field(default=None, examples=["{days: 90}"])


@dataclass(frozen=True)
class Logo:
    png: bytes
    width: int  # in pixels
    height: int


@dataclass(frozen=True)
class Agency:
    """As the file says; without a file, all that is shown of an agency is empty."""

    name: str = ""
    logo: Logo | None = None
    colour: str = COLOUR
    operators: tuple[str, ...] = ()
    draft_hours: int = 0
    board: str | None = None
    people: Mapping[str, Person] = field(default_factory=dict)
    page_days: int | None = None  # for which a link to a reader's own page works; None = there are no such pages


def read(folder: Path | None = None) -> Agency:
    """The agency of this folder of client files. Raises Mistakes."""
    path = (folder or clients_folder()) / NAME
    if not path.exists():
        return Agency()
    checked = CheckedFile(path)
    file = checked.parse(File)
    try:
        logo = _logo(path.parent, file.logo) if file.logo else None
    except ValueError as error:
        raise Mistakes([checked.mistake(("logo",), str(error))]) from None
    if file.pages and (wrong := _unsafe(file.board)):
        raise Mistakes([checked.mistake(("pages",), wrong)])
    return Agency(
        file.name,
        logo,
        file.colour,
        file.operators,
        file.draft_hours,
        file.board,
        people=file.people,
        page_days=file.pages.days if file.pages else None,
    )


def notes(managers: Iterable[str], folder: Path | None = None) -> list[Mistake]:
    """What is allowed but probably not meant: people who are the manager of no client."""
    path = (folder or clients_folder()) / NAME
    try:
        agency = read(folder)
    except Mistakes:  # told by `mistakes`
        return []
    unused = people.unused(agency.people, managers)
    text = "is not the manager of any client, so this person signs no letters"
    return [CheckedFile(path).mistake(("people", address), text) for address in unused]


def mistakes(folder: Path | None = None) -> list[Mistake]:
    """What is wrong with the file."""
    try:
        read(folder)
    except Mistakes as found:
        return found.mistakes
    return []


def _unsafe(board: str | None) -> str:
    """Why readers cannot be given links to this address; empty if they can."""
    if board is None:
        return "needs `board`, the address that links begin with: write board: https://airflow.agency.example"
    place = urlsplit(board)
    if place.scheme == "https" or is_loopback(place.hostname or ""):
        return ""
    return (
        f"needs a `board` that begins with https://, because a link opens the page for everybody; found {quoted(board)}"
    )


def _logo(folder: Path, name: str) -> Logo:
    if Path(name).name != name:
        raise ValueError(f"must be the name of a file beside {NAME}, found {quoted(name)}")
    try:
        png = (folder / name).read_bytes()
    except FileNotFoundError:
        raise ValueError(f"there is no file {quoted(name)} beside {NAME}: put it there") from None
    except OSError as error:
        raise ValueError(f"{name} cannot be read: {error.strerror}") from None
    if png[:8] != b"\x89PNG\r\n\x1a\n" or png[12:16] != b"IHDR" or len(png) < 24:
        raise ValueError(f"{name} is no PNG, which is what every mail client shows: save it as one")
    if len(png) > MOST_BYTES:
        raise ValueError(f"{name} has {len(png):,} bytes: save it smaller, in at most {MOST_BYTES:,}")
    width, height = struct.unpack(">II", png[16:24])
    if not width or not height:
        raise ValueError(f"{name} is {width} x {height} pixels: there is nothing to show")
    return Logo(png, width, height)
