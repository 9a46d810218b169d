"""The letter as files: what a browser, a mail program and a workbook's reader open; nothing sent, nothing noted."""

from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from smm.letters import preview
from tests.letters.case import Case
from tests.letters.examples import DAY_4, OCTOBER
from tests.test_main import smm


def judged(case: Case) -> None:
    case.client()
    case.kpi("vk.reach", 14820, date(2025, 9, 1))
    case.kpi("vk.reach", 11873)
    case.judge()
    case.warehouse.commit()


def test_the_letter_lies_in_five_files_and_nothing_is_noted(case: Case, tmp_path: Path) -> None:
    judged(case)
    paths = preview.write(case.warehouse, "yarko", OCTOBER, DAY_4, tmp_path / "letters", "missed")
    names = [path.name for path in paths]
    assert names == [f"yarko-2025-10-missed-ru.{ending}" for ending in ("eml", "html", "txt", "xlsx", "pdf")]
    mail = message_from_bytes(paths[0].read_bytes(), policy=policy.default)
    assert mail["Subject"] == "Ярко: октябрь — 1 из 3 целей не выполнена"
    assert [part.get_filename() for part in mail.iter_attachments() if part.get_filename()] == ["yarko-2025-10.xlsx"]
    assert paths[4].read_bytes().startswith(b"%PDF-")
    html = paths[1].read_text("utf-8")
    assert "cid:" not in html
    assert html.count('src="data:image/png;base64,') == 1
    assert "Охват" in paths[2].read_text("utf-8")
    assert case.rows("select from marts.letter") == []


def test_of_a_month_that_was_not_judged_there_is_none(case: Case, tmp_path: Path) -> None:
    case.client()
    assert preview.write(case.warehouse, "yarko", OCTOBER, DAY_4, tmp_path, "missed") == []
    done = smm(case.warehouse, "preview", "yarko", "2025-10")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "yarko: there is no letter about 2025-10: it is not judged, or the file names no letters\n"
    assert (
        "must be a month such as 2026-03, found '10.2025'" in smm(case.warehouse, "preview", "yarko", "10.2025").stderr
    )


@pytest.mark.parametrize("language", ["en", "sv"])
def test_another_language_may_be_named(case: Case, tmp_path: Path, language: str) -> None:
    judged(case)
    paths = preview.write(case.warehouse, "yarko", OCTOBER, DAY_4, tmp_path, "missed", language)
    assert {path.stem for path in paths} == {f"yarko-2025-10-missed-{language}"}
