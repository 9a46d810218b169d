"""The agency's file: read as it is, and refused by line with what to do."""

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from smm.files import agency
from smm.files.agency import Agency, Logo
from smm.files.checked import Mistakes
from smm.project import ROOT

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 120, 40)


def written(folder: Path, text: str, logo: bytes | None = None) -> Path:
    (folder / "_agency.yml").write_text(text, "utf-8")
    if logo is not None:
        (folder / "logo.png").write_bytes(logo)
    return folder


def test_without_a_file_there_is_no_agency(tmp_path: Path) -> None:
    assert agency.read(tmp_path) == Agency()


def test_all_that_a_file_can_say(tmp_path: Path) -> None:
    text = (
        'name: Северное сияние\nlogo: logo.png\ncolour: "#0B5A30"\noperators: [ops@agency.example]\n'
        "draft_hours: 24\nboard: https://airflow.agency.example\npages: {days: 90}\n"
    )
    assert agency.read(written(tmp_path, text, PNG)) == Agency(
        "Северное сияние",
        Logo(PNG, 120, 40),
        "#0b5a30",
        ("ops@agency.example",),
        24,
        "https://airflow.agency.example",
        page_days=90,
    )


@pytest.mark.parametrize(
    ("text", "logo", "told"),
    [
        ("logo: logo.png", PNG, "_agency.yml:1: name: is missing"),
        ('name: "A\\r\\nBcc: x@y.example"', None, "_agency.yml:1: name: must be one line of text, without line breaks"),
        ("name: A\nfont: Arial", None, "_agency.yml:2: font: is not a key of this file"),
        ("name: A\ncolour: blue", None, '_agency.yml:2: colour: must be six hexadecimal digits in quotes, such as "#0'),
        (
            'name: A\ncolour: "#ffcc00"',
            None,
            "_agency.yml:2: colour: must be darker: on white, text of #ffcc00 has a contrast of 1.5, and 4.5 is the"
            ' least that everybody can read; write "#8e7200"',
        ),
        (
            "name: A\nlogo: logo.png",
            None,
            "_agency.yml:2: logo: there is no file 'logo.png' beside _agency.yml: put it there",
        ),
        ("name: A\nlogo: ../logo.png", PNG, "_agency.yml:2: logo: must be the name of a file beside _agency.yml"),
        ("name: A\nlogo: logo.png", b"GIF89a", "_agency.yml:2: logo: logo.png is no PNG"),
        (
            "name: A\nlogo: logo.png",
            PNG + bytes(100_000),
            "_agency.yml:2: logo: logo.png has 100,024 bytes: save it sm",
        ),
        ("name: A\noperators: [ops]", None, "_agency.yml:2: operators.0: must be a mail address"),
        (
            "name: A\ndraft_hours: -1",
            None,
            "_agency.yml:2: draft_hours: must be a whole number from 0 to 168, found -1",
        ),
        (
            "name: A\nboard: javascript:alert(1)",
            None,
            "_agency.yml:2: board: must be Airflow's address, such as https://",
        ),
        (
            "name: A\nboard: https://a.example/board",
            None,
            "_agency.yml:2: board: must be Airflow's address, such as https://",
        ),
        ("name: A\npages: {days: 90}", None, "_agency.yml:2: pages: needs `board`, the address that links begin with"),
        (
            "name: A\nboard: http://a.example\npages: {days: 90}",
            None,
            "_agency.yml:3: pages: needs a `board` that begins with https://",
        ),
        ("name: A\npages: true", None, "_agency.yml:2: pages: "),
        ("name: A\npages: {days: 0}", None, "_agency.yml:2: pages.days: must be a whole number from 1 to 366"),
        ("name: A\npages: {days: 400}", None, "_agency.yml:2: pages.days: must be a whole number from 1 to 366"),
    ],
)
def test_a_mistake_is_told_by_line_with_what_to_do(tmp_path: Path, text: str, logo: bytes | None, told: str) -> None:
    with pytest.raises(Mistakes) as refused:
        agency.read(written(tmp_path, text, logo))
    assert [str(mistake)[: len(told)] for mistake in refused.value.mistakes] == [told]
    assert agency.mistakes(tmp_path) == refused.value.mistakes


def test_on_this_machine_links_may_be_unencrypted(tmp_path: Path) -> None:
    text = "name: A\nboard: http://127.0.0.1:8080\npages: {days: 30}"
    assert agency.read(written(tmp_path, text)).page_days == 30


def test_contrast_is_that_of_wcag() -> None:
    known = {"#000000": 21, "#ffffff": 1, "#777777": 4.48, "#595959": 7.0}
    assert {colour: round(agency.contrast(colour), 2) for colour in known} == known


def test_the_check_tells_the_agencys_mistakes(tmp_path: Path) -> None:
    written(tmp_path, "name: A\ncolour: blue")
    done = subprocess.run(
        [sys.executable, "-m", "smm", "check"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "plugins"), "PATH": "", "SMM_CLIENTS": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.startswith("_agency.yml:2: colour: must be six")
