"""The letter as a PDF, as a program that reads PDFs finds it."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from smm.letters import pdf, typeset
from smm.letters.content import Content, ForeignNumberError
from smm.letters.delivery import deliver
from smm.letters.guard import Unfit, check
from smm.letters.pdf import Document
from smm.letters.render import Rendered, render, subject
from smm.letters.typeset import NoFontError
from smm.letters.words import words
from tests.files.test_agency import PNG, written
from tests.letters import kinds
from tests.letters.case import Case
from tests.letters.examples import DAY_4, content, judged
from tests.letters.mail_server import MailServer
from tests.letters.months import history
from tests.letters.test_render import full

A4 = (595.28, 841.89)  # points
PLANS = {"vk.reach": 14250, "vk.posts": 14251, "vk.visitors": 14252, "all.followers": 14253}
FONTS = {"PTSans-Regular", "PTSans-Bold"}
HOSTILE = (
    '#panic("x") $x$ *b* _i_ @ref <a> = H \\ // c `r` https://evil.example #image("/etc/passwd") <script> font-family="'
)
LANGUAGES = pytest.mark.parametrize("language", ["en", "ru", "sv"])


def printed(letter: Content, language: str = "en", comment: str = "", next_steps: str = "") -> Rendered:
    """The letter of a client whose file asks for a PDF."""
    return render(letter.model_copy(update={"has_pdf": True}), language, comment=comment, next_steps=next_steps)


def opened(rendered: Rendered) -> PdfReader:
    assert rendered.pdf
    return PdfReader(BytesIO(rendered.pdf.data), strict=True)


def shown(rendered: Rendered) -> str:
    """What stands on all pages, without spaces and breaks."""
    return re.sub(r"[\s\u200b]", "", "".join(page.extract_text() for page in opened(rendered).pages))


def links(rendered: Rendered) -> list[str]:
    annotations: list[Any] = [each for page in opened(rendered).pages for each in page.get("/Annots", ())]
    return [each.get_object()["/A"]["/URI"] for each in annotations]


def resources(rendered: Rendered) -> Iterator[dict[str, Any]]:
    """Of each page, and of everything that is placed there, such as a chart."""
    waiting: list[Any] = [page["/Resources"] for page in opened(rendered).pages]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += [each.get_object().get("/Resources", {}) for each in found.get("/XObject", {}).values()]


def drawn() -> Content:
    """A letter of four charts and no other picture."""
    return content(*(judged(name, low=low, history=history(low=low)) for name, low in PLANS.items()))


def images(rendered: Rendered) -> int:
    placed = [each.get_object() for found in resources(rendered) for each in found.get("/XObject", {}).values()]
    return sum(each["/Subtype"] == "/Image" for each in placed)


@LANGUAGES
def test_pages_are_a4_numbered_and_tagged_in_the_readers_language(language: str) -> None:
    rendered = printed(kinds.missed(), language)
    file = opened(rendered)
    pages = len(file.pages)
    assert pages > 1
    boxes = [page.mediabox for page in file.pages]
    assert {(round(float(box.width), 2), round(float(box.height), 2)) for box in boxes} == {A4}
    for number, page in enumerate(file.pages, 1):
        assert words(language).say("pdf.page", page=str(number), pages=str(pages)) in page.extract_text()
    assert file.metadata.title == rendered.subject
    root: Any = file.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == (language, True)
    assert rendered.pdf.name == f"yarko-2025-10-{language}.pdf"


@LANGUAGES
@pytest.mark.parametrize("kind", ["missed", "all_met", "unknown", "correction"])
def test_it_says_what_the_mail_says(kind: str, language: str) -> None:
    rendered = printed(getattr(kinds, kind)(), language, comment="We lost two weeks.\nSorry!", next_steps="New posts")
    found, say = (shown(rendered) + "".join(links(rendered))).casefold(), words(language).say
    about_mail = {say("stop"), say("answer", manager="anna@agency.example")}
    for line in filter(None, rendered.text.splitlines()):
        for part in [] if line in about_mail else re.split(r"^- |: |, | \(|; | · ", line.strip()):
            assert "".join(part.rstrip(")").split()).casefold() in found
    assert not [line for line in about_mail if "".join(line.split()).casefold() in found]


def test_charts_are_drawn_as_vectors_with_their_words() -> None:
    rendered = printed(drawn())
    assert images(rendered) == 0
    assert len(rendered.pictures) == 4
    found = shown(rendered)
    assert [found.count(f"Plan:atleast{low:,}") for low in PLANS.values()] == [1, 1, 1, 1]
    assert [found.count(told) for told in ("15,000", "notfinal")] == [4, 4]
    fonts = {font.get_object()["/BaseFont"] for each in resources(rendered) for font in each.get("/Font", {}).values()}
    assert {re.sub(r"^/\w+\+", "", name).partition("-Identity")[0] for name in fonts} <= FONTS


def test_a_chart_stands_once() -> None:
    again = judged("vk.reach", "met", 15120, history=history(low=14250))
    rendered = printed(content(judged(history=history(low=14250)), again))
    assert shown(rendered).count("notfinal") == len(rendered.pictures) == 1


def test_the_agency_is_on_every_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from smm.files.agency import Agency
    from smm.letters.charts import picture
    from tests.letters.test_charts import teller

    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    logo = picture(judged(history=history()), (), teller(), Agency()).png
    written(tmp_path, 'name: "A & <b> #x"\nlogo: logo.png\ncolour: "#7a0019"', logo)
    rendered = printed(drawn())
    file = opened(rendered)
    assert len(file.pages) > 1
    assert [page for page in file.pages if page.extract_text().count("A & <b> #x") < 2] == []
    assert file.metadata.author == "A & <b> #x"
    assert images(rendered) == 1
    assert b"0.47843137 0 0.09803922 scn" in file.pages[0].get_contents().get_data()


def test_a_logo_that_is_broken_stops_no_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMM_CLIENTS", str(tmp_path))
    written(tmp_path, "name: Northern Lights\nlogo: logo.png", PNG)
    assert "NorthernLights" in shown(printed(full()))


def test_the_same_letter_gives_the_same_bytes() -> None:
    first = printed(kinds.missed(), "ru").pdf
    typeset._made.cache_clear()
    assert printed(kinds.missed(), "ru").pdf == first


@LANGUAGES
def test_what_comes_from_outside_is_text_and_nothing_else(language: str) -> None:
    event = {"client": "yarko", "first_day": "2025-10-13", "last_day": "2025-10-22", "network": "vk", "text": HOSTILE}
    letter = content(judged(network=HOSTILE, history=history()), name=HOSTILE, events=(event,))
    rendered = printed(letter, language, comment=HOSTILE, next_steps=HOSTILE)
    plain = "".join(HOSTILE.split())
    assert shown(rendered).count(plain) >= 5
    assert links(rendered) == []
    assert opened(rendered).metadata.title.count('#panic("x")') == 1


def test_what_no_font_has_stops_no_letter() -> None:
    event = {"client": "yarko", "first_day": "2025-10-13", "last_day": "2025-10-22", "network": "vk", "text": "Fest 🎪"}
    letter = content(judged(history=history()), name="Bell\x07 \u202eRTL", events=(event,))
    found = shown(printed(letter, comment="Hurra 🎉! 漢 – é ₽ ☎"))
    for told in ("Hurra!\ufffd–é₽☎", "BellRTL", "VK:Fest"):
        assert told in found


@pytest.mark.parametrize("sign", ["1\ufe0f\u20e3", "*\u20e3", "e\u20dd", "a\u0b3c"])
def test_signs_of_several_characters_stop_no_letter(sign: str) -> None:
    """A font may have each of them, and not both together."""
    assert f"Three{sign[0]}reasons" in shown(printed(content(judged(), name=f"Three {sign} reasons")))


def test_a_language_that_no_font_has_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(words("en").entries, "plan", "計画")
    with pytest.raises(NoFontError, match="its PDF needs a font that has '画': put one into .*include/letters/fonts"):
        printed(full())


def test_a_long_word_stays_on_the_page() -> None:
    lines = opened(printed(full(), comment="x" * 400)).pages[0].extract_text().splitlines()
    assert len([line for line in lines if line.strip("x\u200b") == ""]) > 3


@pytest.mark.parametrize("kind", ["weekly", "certain_miss", "at_risk", "back_on_track"])
def test_only_letters_about_a_month_have_one(kind: str) -> None:
    assert printed(getattr(kinds, kind)()).pdf is None
    assert render(kinds.missed(), "en").pdf is None
    assert printed(kinds.correction()).pdf.name == "yarko-2025-10-correction-en.pdf"


def test_it_is_made_when_the_letter_is_handed_over_not_for_its_subject(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = kinds.missed().model_copy(update={"has_pdf": True})
    monkeypatch.setattr(pdf, "document", None)
    assert subject(letter, "en").endswith("4 of 7 targets missed")


def test_the_guard_looks_at_it_too() -> None:
    with pytest.raises(Unfit, match=r"'\{gap\}' is left in its PDF"):
        check("Yarko", "<p>x</p>", "x", (), None, (), Document("x.pdf", b"", "less by {gap}"))
    with pytest.raises(Unfit, match="its PDF has 1,000,001 bytes, and the limit is 1,000,000"):
        check("Yarko", "<p>x</p>", "x", (), None, (), Document("x.pdf", bytes(1_000_001), ""))
    check("Yarko", "<p>x</p>", "x", (), None, ["{n}"], Document("x.pdf", bytes(1_000_000), "Fair {n}"))


def test_another_clients_number_never_gets_into_it() -> None:
    with pytest.raises(ForeignNumberError, match="a letter to yarko would show what belongs to nordlys"):
        printed(content(judged(), judged("vk.posts", client="nordlys")))


@pytest.mark.parametrize("asked", [{}, {"pdf": True}])
def test_it_is_attached_if_the_clients_file_asks(case: Case, mail_server: MailServer, asked: dict[str, bool]) -> None:
    to = ["owner@yarko.example", {"partner@yarko.example": "en"}]
    case.missed(report={"to": to, "letters": ["missed"], **asked})
    deliver(case.warehouse, mail_server.post, None, DAY_4)
    attached = [
        {part.get_filename(): part for part in mail.iter_attachments() if part.get_filename()}
        for _, _, mail in mail_server.kept
    ]
    for language, found in zip(("ru", "en"), attached, strict=True):
        file = found.pop(f"yarko-2025-10-{language}.pdf", None)
        assert found.keys() == {"yarko-2025-10.xlsx"}
        assert (file is not None) is bool(asked)
        if file:
            assert file.get_content_type() == "application/pdf"
            text = PdfReader(BytesIO(file.get_content())).pages[0].extract_text()
            assert words(language).say("sections.missed") in text
