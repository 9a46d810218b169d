"""What the machine could not settle by itself: one mail to the operators, never to a client.

It is written at most once a day, and only if something has come up since the last one. What was told and is over may
come up again. It is English for everybody: what servers, sources and `make check` say, which is most of it, is.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from mjml import mjml2html
from pydantic import BaseModel, ConfigDict

from smm.catalogue import Catalogue
from smm.clients import Clients
from smm.files import agency as agencies
from smm.files.checked import Mistakes
from smm.files.languages import ENGLISH
from smm.letters import frame
from smm.letters.message import message_id
from smm.letters.post import shown
from smm.letters.render import Rendered
from smm.loading.late import is_active
from smm.warehouse import Connection, copy, lock, run

KIND = "data_trouble"  # of the letter
OPERATORS = "_operators"  # the client of their letters, and of what is everybody's trouble
LONGEST = 300  # characters of what a server or a source said

LEAD = "These problems need a person. Each is reported when it begins, and again only if it ends and comes back."

Kind = Literal["held", "refused", "tried_again", "undelivered", "kpi", "file", "source", "access"]
SECTIONS: dict[Kind, str] = {
    "held": "Letters held",
    "refused": "Readers refused by their mail server",
    "tried_again": "Letters refused for a reason on our side, and tried again",
    "undelivered": "Letters not delivered for a day or longer",
    "kpi": "KPIs not judged",
    "file": "Files refused",
    "source": "Sources that cannot be loaded",
    "access": "Numbers without access",
}


class Trouble(BaseModel):
    """``client``, ``kind`` and ``what`` tell one trouble from another; why it is one may change meanwhile."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    client: str
    kind: Kind
    what: str
    why: str
    is_new: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        return self.client, self.kind, self.what


class Digest(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)  # earlier ones had a language

    troubles: tuple[Trouble, ...]

    def of(self, kind: Kind) -> list[Trouble]:
        """New ones first."""
        return sorted((t for t in self.troubles if t.kind == kind), key=lambda t: (not t.is_new, t.key))


def of_files(known: Catalogue, found: Clients, plans: dict[str, Mistakes]) -> Iterator[Trouble]:
    """KPIs that are dark and files that are refused; ``plans`` are those of promised.of."""
    for mistakes in known.broken.values():
        for mistake in mistakes.mistakes:
            yield Trouble(client=OPERATORS, kind="kpi", what=f"{mistake.file} · {mistake.place}", why=mistake.message)
    for client in found.by_id.values():
        for mistake in client.dark:
            yield Trouble(client=client.id, kind="kpi", what=mistake.place, why=mistake.message)
    for name, mistakes in (*found.refused.items(), *plans.items()):
        for mistake in mistakes.mistakes:
            yield Trouble(client=name, kind="file", what=f"{mistake.file} · {mistake.place}", why=mistake.message)


def of_warehouse(warehouse: Connection, found: Clients, as_of: datetime) -> Iterator[Trouble]:
    """Letters held or have not arrived; sources of the clients at work that do not let us in."""
    for row in run(warehouse, "letters/troubles.sql", {"as_of": as_of}):
        network = row.pop("network")
        client = found.by_id.get(row["client"])
        if network is None or (client and network in client.sources and is_active(client, as_of.date())):
            yield Trouble.model_validate(row | {"why": _shortened(row["why"] or "")})


def write(
    warehouse: Connection, troubles: Iterable[Trouble], operators: Sequence[str], as_of: datetime, domain: str
) -> str | None:
    """Put the day's digest into the outbox, in the caller's transaction; its id, or None if nothing new is to be told.

    ``operators`` are its readers, at least one. ``domain`` is the sender's, for the Message-ID.
    """
    lock(warehouse, "letter", OPERATORS)
    # two mistakes of one place are one trouble
    found = {trouble.key: trouble for trouble in troubles}
    told = {tuple(row.values()) for row in warehouse.execute("select client, kind, what from marts.trouble")}
    for over in told - found.keys():
        warehouse.execute("delete from marts.trouble where client = %s and kind = %s and what = %s", over)
    day = as_of.astimezone(UTC).date()
    letter_id = f"{day}-{KIND}"
    query = "select letter_id from marts.letter where client = %s and letter_id = %s"
    if not found.keys() - told or warehouse.execute(query, [OPERATORS, letter_id]).fetchone():
        return None
    digest = Digest(troubles=tuple(t.model_copy(update={"is_new": key not in told}) for key, t in found.items()))
    warehouse.execute(
        """insert into marts.letter (
            client, letter_id, month, kind, revision, state, audience, subject, message_id, content, created_at
        ) values (%s, %s, %s, %s, %s, 'due', 'operators', %s, %s, %s, %s)""",
        [
            *(OPERATORS, letter_id, day.replace(day=1), KIND, day.day, render(digest).subject),
            *(message_id(OPERATORS, letter_id, domain), digest.model_dump_json(), as_of),
        ],
    )
    readers = ((OPERATORS, letter_id, address, ENGLISH, "due") for address in dict.fromkeys(operators))
    copy(warehouse, "marts.delivery", ("client", "letter_id", "recipient", "language", "state"), readers)
    copy(
        warehouse,
        "marts.trouble",
        ("client", "kind", "what", "told_at"),
        ((*key, as_of) for key in found.keys() - told),
    )
    return letter_id


def render(digest: Digest) -> Rendered:
    """The mail: what is new is marked, and each kind of trouble has a section. Raises Mistakes of the agency's file."""
    agency = agencies.read()
    logo = frame.logo(agency)
    sections = [(title, digest.of(kind)) for kind, title in SECTIONS.items()]
    letter = {
        "language": ENGLISH,
        "subject": f"Letters and data need attention (new: {sum(t.is_new for t in digest.troubles)})",
        "lead": LEAD,
        "rehearsal": "",
        "closing": (),
        "greeting": "",
        "signature": (),
    }
    filled: dict[str, Any] = {
        "letter": letter,
        **frame.worn(agency, logo),
        "said": {},
        "new": "New:",
        "sections": [(title, found) for title, found in sections if found],
        "operators": OPERATORS,
    }
    markup, text = (frame.templates().get_template(f"{KIND}.{ending}").render(filled) for ending in ("mjml", "txt"))
    html = mjml2html(markup, disable_comments=True, fonts={})
    return Rendered(str(letter["subject"]), html, text, (logo,) if logo else (), agency=agency.name)


def _shortened(text: str) -> str:
    line = shown(text)
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} ..."
