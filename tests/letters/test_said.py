"""The manager's words in the readers' languages: which each reader gets, and who would not understand them."""

import pytest

from smm.letters import approval, said
from smm.letters.said import Overtaken
from smm.warehouse import SQL
from smm.warehouse import run as sql
from tests.letters.case import Case
from tests.letters.examples import DAY_4
from tests.letters.handing_over import BOTH, LETTER, OWNER, PARTNER, run
from tests.letters.mail_server import MailServer

ID = "2025-10-missed-1"
READERS = [(OWNER, "ru"), (PARTNER, "en"), ("vd@yarko.example", "sv")]


@pytest.mark.parametrize(
    ("texts", "heard"),
    [
        ({"ru": "Ярмарка", "en": "The fair"}, ("Ярмарка", "The fair", "Ярмарка")),
        ({"en": "The fair"}, ("The fair", "The fair", "The fair")),
        ({"sv": "Mässan", "en": "The fair"}, ("The fair", "The fair", "Mässan")),
        ({}, ("", "", "")),
    ],
)
def test_a_reader_gets_his_own_language_else_the_clients_else_any(
    texts: dict[str, str], heard: tuple[str, ...]
) -> None:
    assert tuple(said.heard(texts, language, "ru") for _, language in READERS) == heard


def test_who_would_not_understand_is_named() -> None:
    words = {"comment": {"ru": "Ярмарка"}, "next_steps": {"en": "Posts", "ru": "Посты", "sv": "Inlägg"}}
    assert said.unheard(words, READERS, "ru") == [
        f"{PARTNER} reads English, and there is no comment in English: the letter shows the one in Russian.",
        "vd@yarko.example reads Swedish, and there is no comment in Swedish: the letter shows the one in Russian.",
    ]
    words = {"comment": {}, "next_steps": {"en": "Posts"}}
    two = [("a@yarko.example", "ru"), *READERS[:2]]
    assert said.unheard(words, two, "ru") == [
        f"a@yarko.example, {OWNER} read Russian, and there are no next steps in Russian: the letter shows those in"
        " English."
    ]
    assert said.unheard({"comment": {}, "next_steps": {}}, READERS, "ru") == []


def test_words_are_asked_for_in_the_languages_that_are_read() -> None:
    assert said.asked(["en", "ru", "en"], "ru", {}) == ["ru", "en"]
    assert said.asked(["en"], "ru", {}) == ["en"]
    assert said.asked(["en"], "ru", {"sv": "Mässan"}) == ["en", "sv"]
    assert said.asked([], "ru", {}) == ["ru"]


def test_each_reader_is_handed_his_own_language(case: Case, mail_server: MailServer) -> None:
    case.missed(report=BOTH)
    said_of = approval.comment(
        case.warehouse, "yarko", ID, {"ru": "Ярмарка отменена", "en": "The fair is off"}, "Посты"
    )
    assert said_of == [
        f"{PARTNER} reads English, and there are no next steps in English: the letter shows those in Russian."
    ]
    run(case, mail_server)
    bodies = {mail["To"]: mail.get_body(["plain"]).get_content() for _, _, mail in mail_server.kept}
    found = {to: [part in text for part in ("Ярмарка", "The fair", "Посты")] for to, text in bodies.items()}
    assert found == {OWNER: [True, False, True], PARTNER: [False, True, True]}


def test_a_language_is_changed_without_the_others(case: Case) -> None:
    case.missed(report=BOTH)
    (letter,) = case.warehouse.execute("select * from marts.letter").fetchall()
    case.warehouse.commit()
    approval.comment(case.warehouse, "yarko", ID, {"ru": "Ярмарка", "en": "The fair"}, seen=said.mark(letter))
    approval.comment(case.warehouse, "yarko", ID, {"en": " "})
    assert case.rows("select comment, next_steps from marts.letter") == [({"ru": "Ярмарка"}, {})]
    case.warehouse.commit()
    with pytest.raises(Overtaken):
        approval.comment(case.warehouse, "yarko", ID, {"en": "All is well"}, seen=said.mark(letter))


def test_words_of_an_earlier_version_are_in_the_clients_language(case: Case, mail_server: MailServer) -> None:
    """Stored before there was one for each language, they are read and sent."""
    case.missed(report=BOTH)
    case.warehouse.execute(
        """
        drop table core.coming_words;
        alter table marts.letter alter column comment drop default, alter column next_steps drop default;
        alter table marts.letter
            alter column comment type text using '', alter column next_steps type text using 'Два поста',
            alter column comment set default '', alter column next_steps set default '';
        """
    )
    case.warehouse.execute((SQL / "schema" / "0029_words_by_language.sql").read_bytes())
    case.warehouse.commit()
    assert case.rows("select comment, next_steps from marts.letter") == [({}, {"ru": "Два поста"})]
    assert run(case, mail_server).sent == [f"{LETTER} {OWNER}", f"{LETTER} {PARTNER}"]
    assert all("Два поста" in mail.get_body(["plain"]).get_content() for _, _, mail in mail_server.kept)
    assert sql(case.warehouse, "letters/pending_deliveries.sql", {"clients": None, "as_of": DAY_4}) == []
