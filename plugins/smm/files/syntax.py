"""What keeps a file from being YAML, in words for whoever writes it: the line, what was found there, what to write.

libyaml tells what it expected where it gave up, which is often a line below the slip.
"""

import re
from itertools import dropwhile

import yaml

from smm.files.quoted import quoted

CLOSING = {"{": "}", "[": "]"}
BEGINS = re.compile(r"(?:^ *(?:- +)?|: +|[\[{,] *)([@`%*&!|>?}\]]|-(?! ))")
QUOTES = re.compile("""(?:^ *|[:,\\[{-] +|[\\[{])(['"])""")  # where a quoted text may begin
HAS_COLON = re.compile(r":( |$)")
PAIRS = re.compile(r"[a-z_]+: [^\s:{},]+(, *[a-z_]+: [^\s:{},]+)*")
HIDDEN = re.compile(r"^\s*[\u00a0\u2000-\u200f\u202f\u2060\u3000\ufeff]")  # spaces to the eye, letters to YAML
OPEN = "opens a quotation mark that is not closed: write it at the end of the text too"
NO_SPACE = "needs a space after the dash: write `- ` before each item of a list"
FALSE_SPACE = "begins with a special space (web pages and chats have them): write plain spaces"
NOT_BELOW = "is indented below a line that has a value already: begin both in the same column"
MERGE = re.compile(r"(<{7}|={7}|>{7}|\|{7})( |$)")


def slip(text: str, error: yaml.YAMLError) -> tuple[int, str]:
    """The line, counted from 1, and what is wrong in it."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        start = error.context_mark or error.problem_mark
        return _Slip(text.splitlines(), error.problem or "", error.problem_mark, start).told()
    place = getattr(error, "position", 0)  # of a character that no file has
    code = getattr(error, "character", 0)
    shown = f" (U+{code if isinstance(code, int) else ord(code[:1]):04X})"
    return text.count("\n", 0, place) + 1, f"has a character that cannot be seen{shown}: delete it"


def tag(text: str) -> tuple[int, str]:
    """The line of a tag, such as !!int, whose value is something else."""
    lines = [number for number, line in enumerate(text.splitlines(), 1) if re.search(r"(^|[\s\[{,])!", line)]
    return next(iter(lines), 1), "has a tag that begins with ! and does not fit its value: take the tag out"


class _Slip:
    def __init__(self, lines: list[str], problem: str, mark: yaml.Mark, start: yaml.Mark) -> None:
        self.lines, self.problem = lines, problem
        self.line, self.column = mark.line, mark.column
        self.first, self.first_column = start.line, start.column

    def told(self) -> tuple[int, str]:
        here = self._text(self.line)
        for line in range(max(min(self.first, self.line) - 1, 0), self.line + 1):
            if MERGE.match(self._text(line)):
                return line + 1, (
                    "is left of a merge: keep one of the two versions, and delete the lines <<<<<<<, =======, >>>>>>>"
                )
            if HIDDEN.match(self._text(line)):
                return line + 1, FALSE_SPACE
        if "\t" in here[: _indent(here)] or here[self.column :].startswith("\t"):
            return self.line + 1, "found a tab: indent with spaces"
        found = self._brackets() or self._colons() or self._indentation() or self._quotes()
        return found or (
            self.line + 1,
            f"cannot be read from {quoted(here[self.column :].strip())} on: put quotes around text that has any of"
            " : # , [ ] { } & * ! | > % @",
        )

    def _text(self, line: int) -> str:
        return self.lines[line] if line < len(self.lines) else ""

    def _brackets(self) -> tuple[int, str] | None:
        """Brackets left open, closed by others, or with something between their items."""
        expected = re.search(r"expected ',' or '(.)'", self.problem)
        here, rest = self._text(self.line), self._text(self.line)[self.column :]
        if expected is None:
            if self.line >= len(self.lines) and self.lines and (ending := re.search(r"[{\[][^}\]]*$", self.lines[-1])):
                return len(self.lines), _not_closed(ending[0])
            extra = rest[:1] in ("}", "]") and "expected key" in self.problem
            return (self.line + 1, f"found a {rest[0]} too many: take it out") if extra else None
        opening = self._text(self.first)[self.first_column :]
        opener = opening[:1]
        is_left = _indent(here) <= _indent(self._text(self.first))
        begins_anew = is_left or (opener == "[" and re.match(r"\s*[\w.]+:\s", here))  # a key, which no list has
        if self.line > self.first and (begins_anew or opening[1:].partition("#")[0].strip()):
            return self.first + 1, _not_closed(opening)
        if rest[:1] in ("}", "]"):
            return self.line + 1, f"closes a {opener} with {rest[0]}: write {expected[1]}"
        if rest[:1] == ":":
            return self.line + 1, (
                "has a second colon in one value: write a comma before the second key, or put quotes around text that"
                f" has a colon, such as {_in_quotes(here, self.column)}"
            )
        return self.line + 1, f"needs a comma before {quoted(rest.strip())}"

    def _colons(self) -> tuple[int, str] | None:
        """Keys without a colon or a space after it, and values with one."""
        if "expected ':'" in self.problem:
            return self.first + 1, OPEN if self._is_open(self.first) else _no_colon(self._text(self.first))
        if "mapping values are not allowed" not in self.problem:
            return None
        here = self._text(self.line)
        if re.match(r"\s*-[^\s-]", here):
            return self.line + 1, NO_SPACE
        if re.match(r"\s*(- )?[^\s:#][^:#]*:\s+\S", here[: self.column]):
            value = here.partition(": ")[2].partition(" #")[0].strip().removesuffix("}")
            pairs = f"braces around `key: value` pairs, {{{value}}}, or " if PAIRS.fullmatch(value) else ""
            return (
                self.line + 1,
                f"has a second colon in one value: put {pairs}quotes around {'text' if pairs else 'it'},"
                f" {_in_quotes(here, self.column)}",
            )
        above = next(dropwhile(self._is_void, range(self.line - 1, -1, -1)), None)
        if above is None:
            return None
        before = self._text(above)
        if not HAS_COLON.search(before):
            return above + 1, _no_colon(before)
        return self.line + 1, NOT_BELOW

    def _is_void(self, line: int) -> bool:
        return not self._text(line).partition("#")[0].strip()

    def _is_open(self, line: int) -> bool:
        """Whether a quoted text begins in the line and does not end there."""
        begins = QUOTES.search(self._text(line))
        return begins is not None and self._text(line).count(begins[1]) % 2 == 1

    def _indentation(self) -> tuple[int, str] | None:
        here = self._text(self.line)
        if "another document" in self.problem:
            return self.line + 1, "begins a second document, and a file has one: take the line out"
        if "<document start>" in self.problem:
            return self.line + 1, "begins left of the lines before it: begin all keys of the file in the first column"
        if not re.search("expected (key|'-' indicator)", self.problem) or here[: self.column].strip():
            return None
        columns = self._columns()
        if self.column in columns:
            is_item = here[self.column :].startswith("-")
            return self.line + 1, (
                "begins with a dash, and the lines above it in this column do not: take the dash out"
                if is_item
                else "begins without a dash, and the lines above it in this column have one: make them alike"
            )
        if len(columns) == 1:
            return self.line + 1, NOT_BELOW
        return self.line + 1, (
            f"is indented by {_spaces(self.column)}, which fits no line above: indent it by"
            f" {', '.join(map(str, columns[:-1]))} or {columns[-1]}"
        )

    def _columns(self) -> list[int]:
        """Of the lines above that may go on, from the left."""
        found: list[int] = []
        for line in range(self.line - 1, -1, -1):
            column = _indent(self._text(line))
            if not self._is_void(line) and (not found or column < found[0]):
                found.insert(0, column)
        return found

    def _quotes(self) -> tuple[int, str] | None:
        """Quotation marks left open, and text that needs them."""
        here = self._text(self.line)
        if "end of stream" in self.problem:
            return self.first + 1, OPEN
        if "escape character" in self.problem:
            return self.line + 1, "has a \\ in double quotes, where it makes a special character: write single quotes"
        before = here[: self.column].rstrip()
        if "expected key" in self.problem and before[-1:] in ("'", '"'):
            above = [line for line in range(self.line) if self._is_open(line)]
            if above and before.count(before[-1]) % 2:
                return above[-1] + 1, OPEN
            return self.line + 1, (
                "goes on after the quotation mark that closes its text: put all of it in quotes of the other kind"
            )
        begins = BEGINS.search(here)
        if begins:
            value = here[begins.start(1) :].split(",")[0].strip().rstrip("}]").strip()
            return self.line + 1, f'has text that begins with {begins[1]}: put quotes around it, "{value}"'
        return None


def _not_closed(text: str) -> str:
    comment = ", and before the #, which begins a comment" if re.search(r"\s#", text) else ""
    return f"opens a {text[0]} that is not closed: write {CLOSING.get(text[0], text[0])} at its end{comment}"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _in_quotes(line: str, column: int) -> str:
    """The value in which a colon stands too many, as it should be written."""
    begin = max((found.end() for found in re.finditer(r": |, |[{\[]", line[:column])), default=0)
    end = re.search(r"[,}\]]|\s#|$", line[column:])
    return f'"{line[begin : column + (end.start() if end else 0)].strip()}"'


def _spaces(count: int) -> str:
    return "1 space" if count == 1 else f"{count} spaces"


def _no_colon(line: str) -> str:
    if re.match(r"\s*-[^\s-]", line):
        return NO_SPACE
    words = re.fullmatch(r"\s*([\w.]+)\s*([:=]?)\s*(.*)", line.rstrip())
    if words and words[3]:
        missing = "a space after its colon" if words[2] == ":" else "a colon"
        return f"needs {missing}: write `{words[1]}: {words[3]}`"
    return f"is not a `key: value` line: write a colon and a space after the key, found {quoted(line.strip())}"
