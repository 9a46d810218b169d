"""YAML files that people write: read with line numbers, refused with every mistake at once.

``CheckedFile`` keeps where each value stands, so that a mistake found later, by whatever rule, is told as
``yarko.yml:12: targets.instagram.reach: at_least must be a number, found "many"``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from smm.files.quoted import quoted

Place = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake: which file and line, which key, and what to write instead."""

    file: str
    line: int
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: " + (f"{self.place}: " if self.place else "") + self.message


class Mistakes(ValueError):
    """All the mistakes of one file."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = sorted(set(mistakes))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


MOST_VALUES = 100_000  # of a file: anchors within anchors make any number of them
OF_YAML = "tag:yaml.org,2002:"


class Loader(yaml.CSafeLoader):  # ten times as fast as the one in Python
    """Reads numbers as people write them: YAML 1.1 takes 12:30 for 750, 010 for 8 and 1e3 for a text."""


WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)$")
NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$|[-+]?\.inf$|\.nan$", re.IGNORECASE)
Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag not in (f"{OF_YAML}int", f"{OF_YAML}float")]
    for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver(f"{OF_YAML}int", WHOLE, list("-+0123456789"))
Loader.add_implicit_resolver(f"{OF_YAML}float", NUMBER, list("-+.0123456789"))


def misnamed(folder: Path) -> list[Mistake]:
    """The YAML files of a folder that nobody reads, because their names end in something else than .yml."""
    return [
        Mistake(path.name, 1, "", f"is not read: name it {path.stem}.yml")
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in (".yaml", ".yml") and path.suffix != ".yml" and path.name[0] != "."
    ]


class CheckedFile:
    """A YAML mapping and the line of each of its values. Raises Mistakes if it is not one.

    ``text``, if given, is read in place of what the file holds.
    """

    def __init__(self, path: Path, text: str | None = None) -> None:
        self.path = path
        self._lines: dict[Place, int] = {(): 1}
        self._twice: list[Mistake] = []
        try:
            content = path.read_text("utf-8-sig") if text is None else text
            node = yaml.compose(content, Loader=Loader)
            if node is not None:
                self._walk(node, ())
            if self._twice:
                raise Mistakes(self._twice)
            self.content: Any = {} if node is None else yaml.SafeLoader("").construct_document(node)
        except OSError as error:
            raise Mistakes([Mistake(path.name, 1, "", f"cannot be read: {error.strerror}")]) from None
        except RecursionError:
            raise Mistakes(
                [Mistake(path.name, 1, "", "has brackets in brackets, or an anchor in itself, without end")]
            ) from None
        except UnicodeDecodeError as error:
            raise Mistakes([self.mistake((), f"is not UTF-8 text (byte {error.start}): save it as UTF-8")]) from None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise Mistakes([Mistake(path.name, line, "", f"is not YAML: {error.problem}")]) from None
        except (yaml.YAMLError, ValueError) as error:
            if isinstance(error, Mistakes):
                raise
            raise Mistakes([self.mistake((), f"is not YAML: {error}")]) from None
        if not isinstance(self.content, dict):
            raise Mistakes([self.mistake((), "must be a mapping of `key: value` lines")])

    def mistake(self, place: Place, message: str) -> Mistake:
        """A mistake at a place, or at the nearest place around it that the file has."""
        known = place
        while known not in self._lines:
            known = known[:-1]
        return Mistake(self.path.name, self._lines[known], ".".join(str(part) for part in place), message)

    def section(self, name: str) -> dict[str, dict[str, Any]]:
        """A part of the file that is a mapping of mappings; what is not is told by its model."""
        content = self.content.get(name)
        if not isinstance(content, dict):
            return {}
        return {key: entry for key, entry in content.items() if isinstance(key, str) and isinstance(entry, dict)}

    def parse(self, model: type[Model], content: Mapping[str, Any] | None = None, place: Place = ()) -> Model:
        """The file, or a part of it, as a model. Raises Mistakes with a line for each."""
        try:
            return model.model_validate(self.content if content is None else content)
        except ValidationError as error:
            raise Mistakes(self._mistake_of(dict(detail), place) for detail in error.errors()) from None

    def _mistake_of(self, detail: dict[str, Any], place: Place) -> Mistake:
        # pydantic puts the tag of a union and "[key]" into the path; they stand in no file
        where = place + tuple(part for part in detail["loc"] if part != "[key]")
        where = tuple(part for i, part in enumerate(where) if where[: i + 1] in self._lines or i == len(where) - 1)
        if detail["type"] == "extra_forbidden":
            if re.fullmatch(r"\d+\s*%?", str(where[-1])) and detail.get("input") is None:
                text = "is what follows the comma of a number: write 1.5, or put quotes around '1,5%'"
                return self.mistake(where, text)
            return self.mistake(where, "is not a key of this file; take it out or fix its spelling")
        if detail["type"] == "missing":
            return self.mistake(where, "is missing")
        message = str(detail["msg"]).removeprefix("Value error, ")
        found = detail.get("input")
        if isinstance(found, str | int | float) and "found" not in message:
            message += f", found {quoted(found)}"
        return self.mistake(where, message[0].lower() + message[1:])

    def _walk(self, node: yaml.Node, place: Place) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    text = "a key must be a word; put quotes around text that has braces or brackets"
                    raise Mistakes([Mistake(self.path.name, key.start_mark.line + 1, "", text)])
                if key.tag != f"{OF_YAML}merge":
                    key.tag = f"{OF_YAML}str"  # 2026-01-15, null or true is a word here
                here = (*place, key.value)
                if here in self._lines:
                    self._twice.append(Mistake(self.path.name, key.start_mark.line + 1, str(key.value), "stands twice"))
                self._note(here, key)
                self._walk(value, here)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                self._note((*place, index), value)
                self._walk(value, (*place, index))

    def _note(self, place: Place, node: yaml.Node) -> None:
        line = node.start_mark.line + 1
        self._lines[place] = line
        if len(self._lines) > MOST_VALUES:
            text = f"has more than {MOST_VALUES:,} values: write out what its anchors stand for"
            raise Mistakes([Mistake(self.path.name, line, "", text)])
