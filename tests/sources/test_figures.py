"""Figures: the habits of people's files, and what is refused with a line and a way out."""

import os
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from sandbox.loopback import Answer as HttpAnswer
from sandbox.loopback import Request, Server
from smm.project import ROOT
from smm.sources import BadInput, Job, Known, QuotaSpent, Refused, SourceError, Transient, figures
from smm.sources.figures import file as figures_file
from tests.sources.loading import Loaded, job, load

FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)
MARCH = date(2024, 3, 1)


def work(path: str) -> Job:
    return job(network="figures", options={"path": path}, networks=("vk_spb",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "yarko.csv"


def taken(file: Path, text: str, encoding: str = "utf-8") -> Loaded:
    file.write_bytes(text.encode(encoding))
    return load(figures, work(str(file)))


def refused(file: Path, text: str) -> list[str]:
    """The lines of the refusal, its first one aside."""
    with pytest.raises(BadInput) as raised:
        taken(file, text)
    first, *lines = str(raised.value).splitlines()
    assert first == f"{file}: nothing was taken, for some of it is wrong"
    return lines


def test_rows(file: Path) -> None:
    text = """period,network,measure,value,note
2024-03-10,vk_ads,spend,1234.50,VK ads
2024-03,vk,posts_planned,30,
2024-03,vk_spb,budget,70000,for two months
"""
    loaded = taken(file, text)
    assert loaded.rows["figures"] == [
        ("vk_ads", "spend", "day", date(2024, 3, 10), Decimal("1234.50"), "VK ads"),
        ("vk", "posts_planned", "month", MARCH, Decimal(30), None),
        ("vk_spb", "budget", "month", MARCH, Decimal(70000), "for two months"),
    ]
    assert loaded.known == [Known("figures", FIRST, LAST)]
    assert loaded.answers[0].body == text.encode()
    assert loaded.health == {"encoding": "utf-8-sig", "rows.figures": 3}


def sheet(delimiter: str = ",", period: str = "2024-03-10", value: str = "1234.50", measure: str = "spend") -> str:
    lines = ["period", "network", "measure", "value", "note"], [period, "vk", measure, value, "реклама"]
    return "\n".join(map(delimiter.join, lines))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(sheet(), "utf-8", id="a plain file"),
        pytest.param(sheet(";", value="1 234,50"), "utf-8-sig", id="Excel's UTF-8"),
        pytest.param(sheet(";", "10.03.2024", "1234,50"), "cp1251", id="Excel in Russian"),
        pytest.param(sheet("\t", value="1 234,5"), "utf-8", id="pasted from a sheet"),
        pytest.param(sheet(";", "10.3.2024", "1\u00a0234,50"), "utf-8", id="a no-break space"),
        pytest.param(sheet(";", value="1\u202f234,50"), "utf-8", id="a narrow no-break space"),
        pytest.param(sheet(value='"1 234,50"'), "utf-8", id="quotes"),
        pytest.param(sheet(" ; ", value="+1234.500"), "utf-8", id="spaces and a sign"),
        pytest.param(sheet().replace("\n", "\n,,,,\n\n"), "utf-8", id="blank lines"),
        pytest.param(sheet().replace("\n", "\r\n") + "\r\n", "utf-8", id="lines of Windows"),
        pytest.param(sheet().replace("\n", "\r"), "utf-8", id="lines of an old Mac"),
        pytest.param(sheet("\t", value="1234,50"), "utf-16", id="Excel's Unicode text"),
        pytest.param(sheet(";", "10.03.2024 0:00", "1234,50"), "cp1251", id="a day with its midnight"),
        pytest.param(sheet(";", "2024-03-10 00:00:00", "1234,50"), "utf-8", id="a moment of a database"),
        pytest.param(sheet().replace("vk,spend", "VK,Spend").replace("period", "Period"), "utf-8", id="capitals"),
        pytest.param(sheet().replace("period", "day"), "utf-8", id="a column of days"),
        pytest.param(
            "note,value,measure,network,period,\nреклама,1234.5,spend,vk,2024-03-10,", "utf-8", id="any order"
        ),
    ],
)
def test_habits(text: str, encoding: str, file: Path) -> None:
    expected = ("vk", "spend", "day", date(2024, 3, 10), Decimal("1234.5"), "реклама")
    assert taken(file, text, encoding).rows["figures"] == [expected]


@pytest.mark.parametrize("written", ["2024-03", "03.2024", "март 2024", "Март 2024 г.", "March 2024", "mars 2024"])
def test_months(written: str, file: Path) -> None:
    assert [row[2:4] for row in taken(file, sheet(period=written)).rows["figures"]] == [("month", MARCH)]


@pytest.mark.parametrize("written", ["-", "–", "н/д", "Н/Д", "n/a"])
def test_what_is_said_to_be_unknown_is_not_zero(written: str, file: Path) -> None:
    loaded = taken(file, rows(f"2024-03-10,vk,spend,{written}", "2024-03,vk,spend,7"))
    assert [row[2:5] for row in loaded.rows["figures"]] == [("month", MARCH, Decimal(7))]
    assert loaded.health["rows.figures"] == 1


def test_nothing_but_unknowns_is_a_file_too(file: Path) -> None:
    assert taken(file, rows("2024-03-10,vk,spend,-")).rows == {"figures": []}


@pytest.mark.parametrize("written", ["2024-03", "01.03.2024", "2024-03-01"])
def test_a_month_that_excel_turned_into_its_first_day(written: str, file: Path) -> None:
    text = sheet(period=written).replace("period", "month")
    assert [row[2:4] for row in taken(file, text).rows["figures"]] == [("month", MARCH)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (sheet(value='"1,234"'), "value: found '1,234', write 1234 or 1.2340, whichever it is"),
        (sheet(value="12.345"), "value: found '12.345', write 12345 or 12.3450, whichever it is"),
        (sheet(value="1234,50"), "found 6 cells under 5 columns, put quotes around commas"),
        (sheet(value=""), "value: found '', write a number such as 1234.50"),
        (sheet(value="12 34"), "value: found '12 34', write a number such as 1234.50"),
        (sheet(value="1 234 ₽"), "value: found '1 234 ₽', write a number such as 1234.50"),
        (sheet(value="nan"), "value: found 'nan', write a number such as 1234.50"),
        (sheet(value="-5", measure="calls"), "value: found -5, write 0 or more"),
        (sheet(value="-5", measure="spend"), "value: found -5, write 0 or more"),
        (sheet(value="3.5", measure="clicks"), "value: found 3.5, write a whole number"),
        (sheet(period="2024-02-30"), "period: found '2024-02-30', write a day such as 2026-01-31 or a month such as"),
        (sheet(period="03/10/2024"), "period: found '03/10/2024', write a day such as 2026-01-31 or a month such as"),
        (sheet(period="2024-03").replace("period", "day"), "day: found the month '2024-03' in a column of days"),
        (sheet().replace("period", "month"), "month: found the day '2024-03-10' in a column of months, write 2024-03"),
        (sheet(measure="spent"), "measure: found 'spent', write spend"),
        (sheet(measure="leads"), "measure: found 'leads', which is counted from others; write those"),
        (sheet().replace("vk,", "vkontakt,"), "network: found 'vkontakt', write a network of include/networks.yml"),
        (sheet().replace("vk,", "figures,"), "network: found 'figures', write a network of include/networks.yml"),
        (sheet(value='"1234'), "found a quotation mark out of place"),
        (sheet(value="=1+1"), "value: found '=1+1', a formula: write its result, as pasting as values does"),
        (sheet(value="@A1"), "value: found '@A1', a formula: write its result"),
        (sheet(value="7.9E+10"), "value: found '7.9E+10', which a sheet has shortened: give the column the format of"),
        (sheet(";", value="7,9E+10"), "value: found '7,9E+10', which a sheet has shortened"),
        (sheet(value="#REF!"), "value: found '#REF!', an error of the sheet: mend it there"),
        (sheet(value=""), "value: found '', write a number such as 1234.50, or - where it is not known"),
        (sheet(value="9" * 16), "value: found '9999999999999999', which is more than anything counted here"),
        (sheet(period="45361"), "period: found '45361', Excel's number for 2024-03-10: give the column the format of"),
        (sheet(period="=A1"), "period: found '=A1', a formula: write a day such as"),
        (sheet(period="мар.24"), "period: found 'мар.24', write a day such as 2026-01-31 or a month such as 2026-01"),
        (sheet(period="10.03.24"), "period: found '10.03.24', write a day such as"),
        (sheet(period="2024-03-10 09:30"), "period: found '2024-03-10 09:30', write a day such as"),
        (sheet(period="1900-01-01"), "period: found 1900-01-01, write one since 2000"),
        (
            sheet(period="2999-03-10"),
            "period: found 2999-03-10, which is still to come; ahead of time only budget, fee",
        ),
    ],
)
def test_what_a_row_may_not_say(text: str, told: str, file: Path) -> None:
    (line,) = refused(file, text)
    assert line.startswith(f"line 2: {told}")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("", "found no column network; found no column measure; found no column value; found no column of periods"),
        ("period,network,measure", "found no column value; write the header period,network,measure,value,note"),
        ("day,month,network,measure,value", "found day and month, write one of period, day, month"),
        ("period,network,measure,value,sum", "found the column 'sum', which means nothing here"),
        ("period,network,measure,value,value", "found 'value' twice"),
        ("<!DOCTYPE html>", "found the column '<!doctype html>', which means nothing here"),
    ],
)
def test_what_a_header_may_not_say(header: str, told: str, file: Path) -> None:
    (line,) = refused(file, header)
    assert line.startswith("line 1: ")
    assert told in line


def rows(*lines: str) -> str:
    return "\n".join(["period,network,measure,value", *lines])


def test_a_figure_stands_once(file: Path) -> None:
    text = rows("2024-03-10,vk,spend,1", "2024-03,vk,fee,1", "10.03.2024,vk,spend,1", "2024-03-10,vk,clicks,1")
    assert refused(file, text) == ["line 4: found the period of line 2 again, write each figure once"]


def test_a_month_beside_its_days_is_one_saying_too_many(file: Path) -> None:
    text = rows("2024-03-10,vk,spend,1", "2024-04,vk,spend,1", "2024-03,vk_ads,spend,1", "2024-03,vk,spend,1")
    told = "found a month of vk spend and in line 2 a day of it, write the month or its days"
    assert refused(file, text) == [f"line 5: {told}"]


def test_people_are_counted_for_days_and_for_months(file: Path) -> None:
    loaded = taken(file, rows("2024-03-10,instagram,reach,7", "2024-03,instagram,reach,90"))
    assert [row[2] for row in loaded.rows["figures"]] == ["day", "month"]


def test_the_whole_file_or_nothing(file: Path) -> None:
    text = rows("2024-03-10,vk,spend,1", "x,y,z,1", *(f"2024-03-11,vk,spend,{letter}" for letter in "ab" * 12))
    lines = refused(file, text)
    assert lines[0].count("; ") == 2  # all that is wrong in the line
    assert len(lines) == 20 + 1
    assert lines[-1] == "and 5 more"


def test_what_is_planned_is_known_ahead(file: Path) -> None:
    loaded = taken(file, rows("2999-03,vk_ads,budget,1", "2999-03,all,fee,1", "2999-03,vk,posts_planned,1"))
    assert len(loaded.rows["figures"]) == 3


def test_a_figure_and_that_it_is_unknown_are_two_sayings(file: Path) -> None:
    text = rows("2024-03-10,vk,spend,-", "2024-03-10,vk,spend,5")
    assert refused(file, text) == ["line 3: found the period of line 2 again, write each figure once"]


def test_the_line_of_a_mistake_is_the_files(file: Path) -> None:
    text = rows("", "2024-03-10,vk,spend,x", "").replace("\n", "\r\n")
    assert refused(file, text) == ["line 3: value: found 'x', write a number such as 1234.50"]


def test_a_workbook_is_no_csv(file: Path) -> None:
    file.write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(BadInput, match="is an Excel workbook: save it as CSV UTF-8"):
        load(figures, work(str(file)))


def test_a_file_of_neither_encoding(file: Path) -> None:
    file.write_bytes(b"\x98\xff\xfe")
    with pytest.raises(BadInput, match="save it as CSV UTF-8"):
        load(figures, work(str(file)))


# --- where it lies


def test_a_relative_path_begins_at_the_root(file: Path) -> None:
    assert taken(file, sheet()).rows["figures"]
    relative = os.path.relpath(file, ROOT)
    assert load(figures, work(relative)).rows["figures"]


def test_an_object_store(file: Path) -> None:
    file.write_text(sheet(), "utf-8")
    loaded = load(figures, work(file.as_uri()))
    assert loaded.rows["figures"]
    assert loaded.answers[0].request == {"path": file.as_uri()}


@pytest.mark.parametrize(
    ("path", "kind", "told"),
    [
        ("include/figures/nowhere.csv", BadInput, "is no file: check the path"),
        ("include", BadInput, "is no file: check the path"),
        ("file:///nowhere/x.csv", BadInput, "is no file: check the path"),
        ("weird://bucket/x.csv", BadInput, "is of a storage that is not installed here"),
        ("http://figures.example/x.csv?key=SECRET", BadInput, "is not encrypted: write https://"),
    ],
)
def test_paths_that_lead_nowhere(path: str, kind: type[SourceError], told: str) -> None:
    with pytest.raises(kind, match=told) as raised:
        load(figures, work(path))
    assert "SECRET" not in repr(raised.value)


@pytest.fixture
def shop() -> Iterator[Server]:
    def respond(request: Request) -> HttpAnswer:
        status = int(request.path.removeprefix("/").removesuffix(".csv"))
        return HttpAnswer(status, "text/csv", sheet().encode())

    with Server(0, respond) as server:
        yield server


def test_the_web(shop: Server) -> None:
    loaded = load(figures, work(f"{shop.url}/200.csv?key=SECRET"))
    assert len(loaded.rows["figures"]) == 1
    assert loaded.answers[0].request == {"path": f"{shop.url}/200.csv"}


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (403, Refused, "share the file"),
        (404, BadInput, "check the path in the client's file"),
        (429, QuotaSpent, "the next run"),
        (503, Transient, "try again in a minute"),
    ],
)
def test_answers_of_the_web(status: int, kind: type[SourceError], told: str, shop: Server) -> None:
    with pytest.raises(SourceError, match=told) as raised:
        load(figures, work(f"{shop.url.replace('//', '//me:SECRET@')}/{status}.csv?key=SECRET"))
    assert type(raised.value) is kind
    assert f"HTTP status {status}" in str(raised.value)
    assert "SECRET" not in repr(raised.value)


# --- the web's worse days


@pytest.fixture
def web() -> Iterator[tuple[Server, dict[str, HttpAnswer]]]:
    pages: dict[str, HttpAnswer] = {"/x.csv": HttpAnswer(200, "text/csv", sheet().encode())}
    with Server(0, lambda request: pages[request.path]) as server:
        yield server, pages


Web = tuple[Server, dict[str, HttpAnswer]]


def moved(to: str) -> HttpAnswer:
    return HttpAnswer(302, "text/html", b"", {"Location": to})


def test_a_redirect_is_followed(web: Web) -> None:
    server, pages = web
    pages["/share"] = moved("/x.csv?key=SECRET")
    assert load(figures, work(f"{server.url}/share")).rows["figures"]


@pytest.mark.parametrize(
    ("page", "kind", "told"),
    [
        (moved("http://figures.example/x.csv?key=SECRET"), BadInput, "http://figures.example/x.csv is not encrypted"),
        (moved("/here"), BadInput, "leads round in circles"),
        (moved("ftp://figures.example/x.csv?key=SECRET"), BadInput, "is no file"),
        (HttpAnswer(200, "text/html; charset=utf-8", b"<html>"), Refused, "answered with a web page, perhaps a login"),
        (HttpAnswer(200, "text/csv", sheet().encode(), sent=40), Transient, "could not be read"),
    ],
    ids=["to an open line", "in circles", "elsewhere", "a login", "cut"],
)
def test_ways_of_the_web_that_lead_nowhere(page: HttpAnswer, kind: type[SourceError], told: str, web: Web) -> None:
    server, pages = web
    pages["/here"] = page
    with pytest.raises(SourceError, match=told) as raised:
        load(figures, work(f"{server.url}/here?key=SECRET"))
    assert type(raised.value) is kind
    assert "SECRET" not in repr(raised.value)


def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures_file, "TIMEOUTS", (0.2, 0.2))
    told = "could not be read .ReadTimeout.; try again in a minute"
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Transient, match=told):
        load(figures, work(f"http://127.0.0.1:{silent.getsockname()[1]}/x.csv"))


def test_an_answer_that_never_ends(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures_file, "SECONDS", 0)
    with pytest.raises(Transient, match="did not come within 0 seconds"):
        load(figures, work(f"{web[0].url}/x.csv"))


@pytest.mark.parametrize("where", ["path", "uri", "web"])
def test_a_file_that_is_too_large(where: str, file: Path, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures_file, "MOST_BYTES", 1_000_000)
    body = sheet().encode().ljust(1_000_001)
    file.write_bytes(body)
    web[1]["/x.csv"] = HttpAnswer(200, "text/csv", body)
    places = {"path": str(file), "uri": file.as_uri(), "web": f"{web[0].url}/x.csv"}
    with pytest.raises(BadInput, match="is larger than 1 MB: keep to figures of days or months in it"):
        load(figures, work(places[where]))


@pytest.fixture
def https(tmp_path: Path) -> Iterator[str]:
    """The address of a server with a certificate of its own, which lies in ``tmp_path / "web.pem"``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem = tmp_path / "web.pem"
    pem.write_bytes(plain + certificate.public_bytes(Encoding.PEM))
    (tmp_path / "x.csv").write_text(sheet(), "utf-8")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"https://localhost:{server.server_address[1]}/x.csv"
        server.shutdown()
        thread.join()


def test_an_encrypted_line(https: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "web.pem"))
    assert load(figures, work(https)).rows["figures"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_certificate_that_nobody_trusts(https: str) -> None:
    with pytest.raises(BadInput, match="has no certificate that is trusted here"):
        load(figures, work(https))


def test_a_nul_is_told_with_its_line(file: Path) -> None:
    text = "period,network,measure,value,note\n2024-03,vk,budget,1,fine\n2024-02,vk,budget,1,bad\0note\n"
    assert refused(file, text) == ["line 3: found a NUL, which is no text, write that cell anew"]
