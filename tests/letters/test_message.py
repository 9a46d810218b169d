"""The mail: its parts, the thread it belongs to, and headers that hold whatever name stands in them."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any, cast

import pytest

from smm.files.addresses import BadAddressError
from smm.letters.charts import Picture
from smm.letters.message import message
from smm.letters.render import Rendered
from smm.letters.sheet import Attachment
from tests.letters.examples import DAY_4

PNG = b"\x89PNG\r\n\x1a\n"
LETTER = Rendered(
    "October", '<img src="cid:1@smm">', "text", (Picture("1@smm", PNG, "Reach"),), Attachment("yarko.xlsx", b"PK")
)


def built(rendered: Rendered = LETTER, **parts: Any) -> EmailMessage:
    stands = {
        "sender": "reports@agency.example",
        "recipient": "owner@yarko.example",
        "answers_to": None,
        "identity": "<1@agency.example>",
        "sent_at": DAY_4,
        "language": "en",
    }
    return message(rendered, **{**stands, **parts})


def received(mail: EmailMessage) -> EmailMessage:
    return message_from_bytes(mail.as_bytes(), policy=policy.default)


def shape(part: EmailMessage) -> Any:
    inner = [shape(cast("EmailMessage", each)) for each in part.iter_parts()] if part.is_multipart() else []
    return (part.get_content_type(), inner) if inner else part.get_content_type()


def test_pictures_stand_beside_the_html_and_the_workbook_is_attached() -> None:
    mail = received(built())
    words = ("multipart/alternative", ["text/plain", ("multipart/related", ["text/html", "image/png"])])
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert shape(mail) == ("multipart/mixed", [words, sheet])
    (picture,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert (picture["Content-ID"], picture.get_content_disposition()) == ("<1@smm>", "inline")
    assert picture.get_payload(decode=True) == PNG
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_payload(decode=True)) == ("yarko.xlsx", b"PK")


def test_without_them_it_is_text_and_html() -> None:
    assert shape(received(built(Rendered("s", "<p>x</p>", "x")))) == (
        "multipart/alternative",
        ["text/plain", "text/html"],
    )


def test_the_same_letter_is_the_same_bytes() -> None:
    assert built().as_bytes() == built().as_bytes()
    assert built(identity="<2@agency.example>").get_boundary() != built().get_boundary()


def test_a_letter_goes_on_with_its_thread() -> None:
    thread = [f"<smm-{number:032x}@{'reports.' * 6}agency.example>" for number in range(3)]
    mail = built(continues=thread)
    assert all(len(line) < 120 for line in mail.as_bytes().splitlines())
    found = received(mail)
    assert found["In-Reply-To"] == thread[-1]
    assert str(found["References"]).split() == thread
    assert "References" not in received(built())


@pytest.mark.parametrize("identity", ["<a@b>\r\nBcc: all@evil.example", "1@agency.example", "<a b@c>"])
def test_a_thread_of_no_letters_is_refused(identity: str) -> None:
    with pytest.raises(BadAddressError, match="is not a Message-ID"):
        built(continues=[identity])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Northern Lights", "Northern Lights <reports@agency.example>"),
        ("Северное сияние, «СММ» " * 5, "Северное сияние, «СММ» " * 5 + "<reports@agency.example>"),
        ('A "quoted", <b>@evil.example', 'A "quoted", <b>@evil.example <reports@agency.example>'),
        ("A\r\nBcc: all@evil.example", "A Bcc: all@evil.example <reports@agency.example>"),
        ("\u202eשלום 🎉", "\u202eשלום 🎉 <reports@agency.example>"),
        ("", "reports@agency.example"),
    ],
)
def test_the_agencys_name_stands_before_the_senders_address(name: str, shown: str) -> None:
    written = built(Rendered("s", "<p>x</p>", "x", agency=name)).as_bytes()
    mail = message_from_bytes(written, policy=policy.default)
    assert [each.addr_spec for each in mail["From"].addresses] == ["reports@agency.example"]
    assert [each.addr_spec for each in mail["To"].addresses] == ["owner@yarko.example"]
    # read as old mail clients do: the newer reader of names puts a space between two encoded words (Python 3.11)
    told = str(make_header(decode_header(message_from_bytes(written)["From"])))
    assert told == shown
    assert mail["Bcc"] is None
