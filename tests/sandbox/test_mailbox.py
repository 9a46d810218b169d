"""The mailbox: letters sent by SMTP, kept as files, read on the page."""

import http.client
import re
import smtplib
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from html import unescape
from pathlib import Path

import pytest
import requests

from sandbox.mailbox import Mailbox, SmtpServer, serve_page

PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806")
Send = Callable[..., None]
Get = Callable[[str], requests.Response]


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mailbox")


@pytest.fixture
def smtp(mailbox: Mailbox) -> Iterator[SmtpServer]:
    with SmtpServer(mailbox, 0) as server:
        yield server


@pytest.fixture
def send(smtp: SmtpServer) -> Iterator[Send]:
    with smtplib.SMTP("127.0.0.1", smtp.port, local_hostname="test", timeout=10) as client:

        def send(message: EmailMessage, *recipients: str) -> None:
            client.send_message(message, to_addrs=list(recipients) or None)

        yield send


@pytest.fixture
def get(mailbox: Mailbox) -> Iterator[Get]:
    with serve_page(mailbox, 0) as server, requests.Session() as session:
        session.trust_env = False
        yield lambda path: session.get(server.url + path, timeout=10)


def _letter(subject: str = "Цель июня не достигнута", text: str = "План 1500, факт 1320.") -> EmailMessage:
    letter = EmailMessage(policy=SMTP)
    letter["From"] = "Анна <anna@agency.example>"
    letter["To"] = "owner@yarko.example"
    letter["Subject"] = subject
    letter["Date"] = "Fri, 04 Jul 2025 09:00:00 +0300"
    letter.set_content(text)
    return letter


def _files(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "mailbox").iterdir())


def test_a_letter_is_kept_as_sent_below_its_envelope(send: Send, tmp_path: Path) -> None:
    letter = _letter()
    send(letter, "owner@yarko.example", "boss@yarko.example")
    assert _files(tmp_path) == ["000001-owner@yarko.example.eml"]
    content = (tmp_path / "mailbox" / "000001-owner@yarko.example.eml").read_bytes()
    assert content == b"X-Envelope-To: owner@yarko.example, boss@yarko.example\r\n" + letter.as_bytes()


def test_letters_are_numbered_as_they_come_and_on_after_a_restart(send: Send, tmp_path: Path) -> None:
    for recipient in ("b@x.example", "a@x.example"):
        send(_letter(), recipient)
    again = Mailbox(tmp_path / "mailbox")
    again.keep(b"Subject: third\r\n\r\n", ["c@x.example"])
    assert _files(tmp_path) == ["000001-b@x.example.eml", "000002-a@x.example.eml", "000003-c@x.example.eml"]
    assert again.letters()[0] == "000003-c@x.example"


def test_a_recipient_cannot_choose_another_folder(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.keep(b"Subject: x\r\n\r\n", ['"../../up"@x.example'])
    assert _files(tmp_path) == ["000001-_.._.._up_@x.example.eml"]


def test_a_letter_that_cannot_be_kept_is_not_accepted(send: Send, tmp_path: Path) -> None:
    (tmp_path / "mailbox").rmdir()
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(_letter())
    assert refused.value.smtp_code == 451


def test_a_taken_smtp_port_is_an_error(mailbox: Mailbox, smtp: SmtpServer) -> None:
    with pytest.raises(OSError, match="in use"):
        SmtpServer(mailbox, smtp.port)


def test_stop_ends_open_conversations(mailbox: Mailbox) -> None:
    server = SmtpServer(mailbox, 0)
    client = smtplib.SMTP("127.0.0.1", server.port, local_hostname="test", timeout=10)
    server.stop()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.noop()
    client.close()


# --- the page


def test_the_list_shows_the_newest_letter_first(send: Send, get: Get) -> None:
    assert "0 letters" in get("/").text
    send(_letter("Первое"), "owner@yarko.example")
    send(_letter("Второе"), "boss@yarko.example")
    page = get("/").text
    rows = [re.findall(r"<td[^>]*>(?:<a [^>]*>)?(.*?)(?:</a>)?</td>", row) for row in page.split("<tr>")[2:]]
    assert [list(map(unescape, row)) for row in rows] == [
        ["Анна <anna@agency.example>", recipient, subject, "Fri, 04 Jul 2025 09:00:00 +0300"]
        for recipient, subject in (("boss@yarko.example", "Второе"), ("owner@yarko.example", "Первое"))
    ]


def test_a_letter_shows_its_headers_and_its_text(send: Send, get: Get) -> None:
    send(_letter())
    [address] = re.findall(r'href="(/letters/[^"]+)"', get("/").text)
    page = get(address).text
    assert "<h1>Цель июня не достигнута</h1>" in page
    assert "<dd>owner@yarko.example</dd>" in page
    assert "<pre>План 1500, факт 1320.\r\n</pre>" in page
    assert "<iframe" not in page


def test_everything_foreign_is_escaped(send: Send, get: Get) -> None:
    hostile = "<script>alert(1)</script>"
    letter = _letter(hostile, hostile)
    letter["X-Hostile"] = hostile
    letter.add_attachment(b"x", maintype="text", subtype="html", filename=f"{hostile}.html")
    send(letter)
    for page in (get("/"), get("/letters/000001-owner@yarko.example")):
        assert hostile not in page.text
        assert "&lt;script&gt;alert(1)" in page.text
        assert "script" not in page.headers["Content-Security-Policy"]
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none';")
        assert page.headers["X-Content-Type-Options"] == "nosniff"


def _with_chart() -> EmailMessage:
    letter = _letter()
    html = '<p>cid:chart is a picture</p><img src="cid:chart@smm"><img src="cid:gone"><td background=\'cid:chart@smm\'>'
    letter.add_alternative(html, subtype="html")
    letter.get_payload()[1].add_related(PIXEL, "image", "png", cid="<chart@smm>")  # type: ignore[index]
    letter.add_attachment(b"month;value\n", maintype="text", subtype="csv", filename="показатели июня.csv")
    return letter


def test_html_stands_in_a_sandboxed_frame_with_its_pictures_in_it(send: Send, get: Get) -> None:
    send(_with_chart())
    page = get("/letters/000001-owner@yarko.example").text
    [frame] = re.findall(r"<iframe [^>]*>", page)
    [permissions] = re.findall(r'sandbox="([^"]*)"', frame)
    assert not {"allow-scripts", "allow-same-origin", "allow-forms", "allow-top-navigation"} & set(permissions.split())
    [source] = re.findall(r'src="([^"]*)"', frame)
    body = get(source)
    assert f"sandbox {permissions}" in body.headers["Content-Security-Policy"]
    assert "default-src 'none'" in body.headers["Content-Security-Policy"]
    assert body.text.count("data:image/png;base64,iVBORw0KGgo") == 2
    assert "<p>cid:chart is a picture</p>" in body.text
    assert '"cid:gone"' in body.text


def test_attachments_and_the_letter_itself_are_downloads(send: Send, get: Get, tmp_path: Path) -> None:
    send(_with_chart())
    page = get("/letters/000001-owner@yarko.example").text
    [(address, name)] = re.findall(r'href="([^"]+/attachments/[^"]+)">([^<]*)<', page)
    assert name == "показатели июня.csv"
    attachment = get(address)
    assert attachment.content == b"month;value\n"
    assert attachment.headers["Content-Type"] == "application/octet-stream"
    assert attachment.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%D0%BF")
    raw = get("/letters/000001-owner@yarko.example/file")
    assert raw.headers["Content-Disposition"].startswith("attachment;")
    assert raw.content == (tmp_path / "mailbox" / "000001-owner@yarko.example.eml").read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/letters/000009-nobody@x.example",
        "/letters/..%2F..%2Fsecret",
        "/letters/000001-owner@yarko.example/body",  # it has no HTML
        "/letters/000001-owner@yarko.example/attachments/0",  # the letter's own text is no attachment
        "/letters/000001-owner@yarko.example/else",
        "/letters",
        "/favicon.ico",
    ],
)
def test_what_is_not_there_is_not_found(send: Send, get: Get, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.eml").write_text("Subject: not a letter of this mailbox\n\n")
    send(_letter())
    assert get(path).status_code == 404


def test_a_folder_above_is_out_of_reach_unnormalised(mailbox: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "secret.eml").write_text("Subject: not a letter of this mailbox\n\n")
    with serve_page(mailbox, 0) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", "/letters/..%2Fsecret/file")
        assert connection.getresponse().status == 404
        connection.close()


def test_the_page_brings_its_style(get: Get) -> None:
    style = get("/style.css")
    assert style.headers["Content-Type"] == "text/css"
    assert "prefers-color-scheme: dark" in style.text
