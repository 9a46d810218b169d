"""A letter to a person: he is greeted by his name, a person signs, and what he has read before is two lines."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smm.letters.content import Content
from smm.letters.reader import Reader
from smm.letters.render import Rendered, render
from tests.files.test_agency import written
from tests.letters import kinds
from tests.letters.case import Case
from tests.letters.examples import content
from tests.letters.handing_over import BOTH, OWNER, PARTNER, run
from tests.letters.mail_server import MailServer
from tests.letters.test_render import Page, plain

HOSTILE = "<b>Eve</b> {n} None {{ 7*7 }}"
AGENCY = """\
name: Northern Lights
people:
  Anna@agency.example:
    name: {ru: Анна Берг, en: Anna Berg}
    role: {ru: Менеджер проекта, en: Account manager}
    phone: "+46 70 123 45 67"
"""


@pytest.fixture
def agency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    return lambda text: written(tmp_path, text)


def lines(rendered: Rendered) -> list[str]:
    return plain(rendered.text).splitlines()


@pytest.mark.parametrize(
    ("language", "greeting", "signature"),
    [
        ("en", "Hello Мария,", ["Best regards,", "Anna Berg", "Account manager, Northern Lights"]),
        ("ru", "Здравствуйте, Мария!", ["С уважением,", "Анна Берг", "Менеджер проекта, Northern Lights"]),
        ("sv", "Hej Мария!", ["Med vänlig hälsning", "Anna Berg", "Account manager, Northern Lights"]),
    ],
)
def test_a_letter_greets_its_reader_and_is_signed_by_the_manager(
    agency: Callable[[str], Path], language: str, greeting: str, signature: list[str]
) -> None:
    agency(AGENCY)
    rendered = render(kinds.missed(), language, reader=Reader(OWNER, "Мария"))
    found = lines(rendered)
    assert found[1:3] == ["", greeting]
    place = found.index(signature[0])
    assert found[place : place + 5] == [*signature, "+46 70 123 45 67", ""]
    assert found[-2].startswith(("If you", "Если", "Om du"))
    shown = plain(Page(rendered.html).text)
    assert [shown.count(each) for each in (greeting, signature[1], signature[2])] == [1, 1, 1]
    head = shown.rindex("4 of 7" if language == "en" else "4 из 7" if language == "ru" else "4 av 7")
    assert shown.index(greeting) < head < shown.index(signature[1])


def test_without_a_name_nobody_is_greeted_and_without_a_person_the_agency_signs(agency: Callable[[str], Path]) -> None:
    agency("name: Northern Lights")
    found = lines(render(content(), "en", reader=Reader(OWNER)))
    assert found[1] == "1 of 1 target missed"
    place = found.index("Best regards,")
    assert found[place : place + 3] == ["Best regards,", "Northern Lights", ""]
    agency("name: Northern Lights\npeople: {olga@agency.example: {name: Olga}}")
    assert "Olga" not in render(content(), "en").text
    assert "Best regards" not in render(content(), "en", reader=Reader("anna@agency.example")).text, "not to herself"


def test_without_an_agency_nobody_signs() -> None:
    assert "Best regards" not in render(content(), "en", reader=Reader(OWNER, "Maria")).text


@pytest.mark.parametrize("build", [kinds.missed, kinds.all_met, kinds.correction, kinds.weekly, kinds.at_risk])
@pytest.mark.parametrize(
    ("language", "heads", "folded"),
    [
        ("en", ["Where the numbers come from", "What the numbers mean"], "sheet “About the numbers”"),
        ("ru", ["Откуда данные", "Что значат показатели"], "«О показателях»"),
        ("sv", ["Var siffrorna kommer ifrån", "Vad måtten betyder"], "bladet ”Om siffrorna”"),
    ],
)
def test_numbers_are_explained_once(build: Callable[[], Content], language: str, heads: list[str], folded: str) -> None:
    first, later = (render(build(), language, reader=Reader(OWNER, "", has_read)) for has_read in (False, True))
    assert [line for line in lines(first) if line.casefold() in map(str.casefold, heads)] == [
        head.upper() for head in reversed(heads)
    ]
    told = [line for line in lines(later) if line.startswith(tuple(f"- {head}: " for head in heads))]
    assert [line.split(":")[0] for line in told] == [f"- {head}" for head in heads]
    assert all(folded in line for line in told)
    assert heads[1].upper() not in later.text
    shown = plain(Page(later.html).text)
    assert [shown.count(head) for head in heads] == [1, 1]
    assert len(later.html) < len(first.html)


def test_a_folded_line_names_each_source_once() -> None:
    (line,) = (
        line
        for line in lines(render(kinds.missed(), "en", reader=Reader(OWNER, "", has_read=True)))
        if line.startswith("- Where")
    )
    assert line.startswith("- Where the numbers come from: VK, the agency. Details")


def test_the_folded_lines_lead_to_the_readers_own_page() -> None:
    page = "https://agency.example/pages/?a&b"
    known = Reader(OWNER, "", has_read=True)
    without = Page(render(kinds.missed(), "en", reader=known).html).attributes["href"]
    found = Page(render(kinds.missed(), "en", reader=replace(known, page=page)).html).attributes["href"]
    assert page not in without
    assert found == [*without, page, page]


def test_names_from_outside_are_text(agency: Callable[[str], Path]) -> None:
    agency(f"name: A\npeople: {{anna@agency.example: {{name: '{HOSTILE}', role: '{HOSTILE}'}}}}")
    rendered = render(content(), "en", reader=Reader(OWNER, HOSTILE))
    assert rendered.html.count("&lt;b&gt;Eve&lt;/b&gt;") == 3
    assert "<b>Eve" not in rendered.html
    assert f"Hello {HOSTILE}," in rendered.text


def test_only_a_reader_who_has_had_a_letter_gets_the_folded_lines(case: Case, mail_server: MailServer) -> None:
    named: dict[str, Any] = BOTH | {"names": {OWNER: "Мария"}}
    case.missed(report=named)
    mail_server.at_rcpt[PARTNER] = ["550 5.1.1 no such user"]
    run(case, mail_server)
    case.warehouse.execute(
        "insert into marts.letter (client, letter_id, month, kind, revision, state, audience, subject, message_id,"
        " content, created_at) select client, '2025-11-missed-1', month, kind, 9, 'due', audience, subject,"
        " '<2@agency.example>', content, created_at + interval '1 hour' from marts.letter"
    )
    case.warehouse.execute(
        "insert into marts.delivery (client, letter_id, recipient, language, state)"
        " select client, '2025-11-missed-1', recipient, language, 'due' from marts.delivery"
    )
    case.warehouse.commit()
    run(case, mail_server, 2)
    bodies = [(mail["To"], mail.get_body(["plain"]).get_content()) for _, _, mail in mail_server.kept]
    assert [(to, "лист «" in text, "ЧТО ЗНАЧАТ" in text, "Здравствуйте, Мария!" in text) for to, text in bodies] == [
        (OWNER, False, True, True),
        (OWNER, True, False, True),
        (PARTNER, False, False, False),
    ]
    assert "WHAT THE NUMBERS MEAN" in bodies[2][1], "the first that reaches this reader"


def test_the_draft_is_whole_and_greets_nobody(drafted: Case, mail_server: MailServer) -> None:
    run(drafted, mail_server)
    ((_, _, mail),) = mail_server.kept
    text = mail.get_body(["plain"]).get_content()
    assert ["ЧТО ЗНАЧАТ" in text, "Здравствуйте" in text] == [True, False]
