"""What is no YAML: the line of the slip, and what to write there, in words that are not libyaml's."""

import re
from pathlib import Path

import pytest

from smm.files.checked import CheckedFile, Mistakes

SLIPS = {
    "a tab": ("report:\n\thour: 9\n", 2, "found a tab: indent with spaces"),
    "a tab in the first line": ("\tname: Yarko\n", 1, "found a tab: indent with spaces"),
    "a space of a web page": (
        "name: Yarko\n\u00a0\u00a0language: ru\n",
        2,
        "begins with a special space (web pages and chats have them): write plain spaces",
    ),
    "no colon": ("name Yarko\nlanguage: ru\n", 1, "needs a colon: write `name: Yarko`"),
    "an equals sign": ("name = Yarko\nlanguage: ru\n", 1, "needs a colon: write `name: Yarko`"),
    "no space after the colon": (
        "name:Yarko\nlanguage: ru\n",
        1,
        "needs a space after its colon: write `name: Yarko`",
    ),
    "a key alone": (
        "targets\n  followers: {at_least: 1}\n",
        1,
        "is not a `key: value` line: write a colon and a space after the key, found 'targets'",
    ),
    "no space after the dash": (
        "to:\n  - a@b.example\n  -c@d.example\nhour: 9\n",
        3,
        "needs a space after the dash: write `- ` before each item of a list",
    ),
    "a colon in text": (
        "name: Yarko: the shop\n",
        1,
        'has a second colon in one value: put quotes around it, "Yarko: the shop"',
    ),
    "a colon in text within braces": (
        "a: {text: Contest: prizes, compare: false}\n",
        1,
        "has a second colon in one value: write a comma before the second key, or put quotes around text that has a"
        ' colon, such as "Contest: prizes"',
    ),
    "an open bracket": ("letters: [missed, monthly\nhour: 9\n", 1, "opens a [ that is not closed: write ] at its end"),
    "an open bracket at the end": ("vk: [", 1, "opens a [ that is not closed: write ] at its end"),
    "an open bracket over lines": (
        "letters: [\n  missed,\n  monthly\nhour: 9\n",
        1,
        "opens a [ that is not closed: write ] at its end",
    ),
    "an open bracket before keys": (
        "lead: [\n  above: x\n  below: y\n",
        1,
        "opens a [ that is not closed: write ] at its end",
    ),
    "an open brace before a comment": (
        "vk: {connection: vk_yarko  # ours\nhour: 9\n",
        1,
        "opens a { that is not closed: write } at its end, and before the #, which begins a comment",
    ),
    "the other bracket": ("vk: {connection: vk_yarko]\n", 1, "closes a { with ]: write }"),
    "a brace too many": ("vk: {connection: vk_yarko}}\n", 1, "found a } too many: take it out"),
    "no comma": ('{"name": "a" "b": 1}\n', 1, "needs a comma before '\"b\": 1}'"),
    "an open quotation mark": (
        'name: "Yarko\nlanguage: ru\n',
        1,
        "opens a quotation mark that is not closed: write it at the end of the text too",
    ),
    "an open quotation mark before another": (
        "name: 'Yarko\nlanguage: 'ru'\nhour: 9\n",
        1,
        "opens a quotation mark that is not closed: write it at the end of the text too",
    ),
    "an apostrophe within quotes": (
        "name: 'Yarko's'\n",
        1,
        "goes on after the quotation mark that closes its text: put all of it in quotes of the other kind",
    ),
    "a backslash": (
        'name: "C:\\Yarko"\n',
        1,
        "has a \\ in double quotes, where it makes a special character: write single quotes",
    ),
    "a name with an at": ("name: @yarko\n", 1, 'has text that begins with @: put quotes around it, "@yarko"'),
    "a name with a star": ("name: *yarko\n", 1, 'has text that begins with *: put quotes around it, "*yarko"'),
    "an item's text with a star": (
        "notes:\n  - {from: 2026-06-01, text: *sale*}\n  - {from: 2026-07-01, text: b}\n",
        2,
        'has text that begins with *: put quotes around it, "*sale*"',
    ),
    "a name with a mark": ("name: !yarko\n", 1, 'has text that begins with !: put quotes around it, "!yarko"'),
    "a tag": (
        "name: Yarko\nhour: !!int nine\n",
        2,
        "has a tag that begins with ! and does not fit its value: take the tag out",
    ),
    "a line between the columns": (
        "report:\n    manager: a@b.example\n  hour: 9\n",
        3,
        "is indented by 2 spaces, which fits no line above: indent it by 0 or 4",
    ),
    "a line between three columns": (
        "a:\n  b:\n    c: 1\n   d: 2\n",
        4,
        "is indented by 3 spaces, which fits no line above: indent it by 0, 2 or 4",
    ),
    "a line below a value": (
        "name: Yarko\n  language: ru\n",
        2,
        "is indented below a line that has a value already: begin both in the same column",
    ),
    "a first line that is indented": (
        " name: Yarko\nlanguage: ru\n",
        2,
        "begins left of the lines before it: begin all keys of the file in the first column",
    ),
    "a dash among keys": (
        "report:\n  hour: 9\n  - manager: a@b.example\n",
        3,
        "begins with a dash, and the lines above it in this column do not: take the dash out",
    ),
    "a key among dashes": (
        "- name: Yarko\nlanguage: ru\n",
        2,
        "begins without a dash, and the lines above it in this column have one: make them alike",
    ),
    "a second document": (
        "name: Yarko\n---\nname: Berta\n",
        2,
        "begins a second document, and a file has one: take the line out",
    ),
    "what is left of a merge": (
        "<<<<<<< HEAD\nname: Yarko\n=======\nname: Yarka\n>>>>>>> main\n",
        1,
        "is left of a merge: keep one of the two versions, and delete the lines <<<<<<<, =======, >>>>>>>",
    ),
    "a character of control": ("name: Yar\x07ko\n", 1, "has a character that cannot be seen (U+0007): delete it"),
    "a NUL further down": ("name: Yarko\nhour: \x00\n", 2, "has a character that cannot be seen (U+0000): delete it"),
    "a list": ("- name\n", 1, "must be `key: value` lines, found a list: take the dashes out"),
    "text": ("Yarko\n", 1, "must be `key: value` lines, found 'Yarko'"),
}


def refused(text: str) -> list[tuple[int, str]]:
    with pytest.raises(Mistakes) as found:
        CheckedFile(Path("yarko.yml"), text)
    return [(mistake.line, mistake.message) for mistake in found.value.mistakes]


@pytest.mark.parametrize(("text", "line", "message"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_told_with_its_line_and_what_to_write(text: str, line: int, message: str) -> None:
    assert refused(text) == [(line, message)]


def test_a_key_that_stands_twice_is_told_with_its_other_line_and_nothing_below_it() -> None:
    assert refused("a:\n  b: 1\n  c: 2\na:\n  b: 1\n  c: 2\n") == [
        (4, "is written twice, also in line 1: keep one of the two")
    ]


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "yarko.yml"
    path.write_bytes("name: Yarko\nlanguage: ru\ncity: Москва\n".encode("cp1251"))

    with pytest.raises(Mistakes, match=r"^yarko\.yml:3: is not UTF-8 text \(byte 31\): save it as UTF-8$"):
        CheckedFile(path)


TEXT = """\
name: Yarko
vk: {connection: vk_yarko, ages: [12-18, '18-21']}
report:
  to:
    - owner@yarko.example
    - "Anna": en
  hour: 9  # o'clock
"""
LIBRARY = re.compile(
    r"did not find|could not|not allowed|expected (?!\d)|found (character|undefined|unexpected)|token|scann|pars|YAML:"
    r"|anchor|alias|constructor|None"
)


@pytest.mark.parametrize("slip", [*"\t'\"{}[]:,-#&*!|>%@`\\ \n?\u00a0", "", "!!int ", "!!bool "])
def test_no_slip_is_told_in_the_words_of_the_library(slip: str) -> None:
    """One character too many, or one too few, at every place."""
    told: list[tuple[int, str]] = []
    for place in range(len(TEXT)):
        try:
            CheckedFile(Path("yarko.yml"), TEXT[:place] + slip + TEXT[place + (not slip) :])
        except Mistakes as found:
            told += [(mistake.line, mistake.message) for mistake in found.mistakes]
    assert [text for _, text in told if LIBRARY.search(text)] == []
    assert all(line <= TEXT.count("\n") + 2 for line, _ in told)


WORDS = {
    "no": "no",
    "yes": "yes",
    "on": "on",
    "true": True,
    "FALSE": False,
    "2025-06-31": "2025-06-31",
    "2025-06-30": "2025-06-30",
    "12:30": "12:30",
    "010": "010",
    "null": None,
    "~": None,
}


@pytest.mark.parametrize(("written", "value"), WORDS.items())
def test_words_are_what_they_look_like(written: str, value: object) -> None:
    assert CheckedFile(Path("yarko.yml"), f"a: {written}\n").content == {"a": value}
