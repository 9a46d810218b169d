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

from smm.files import advice, syntax
from smm.files.asked import Place
from smm.files.quoted import quoted

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
COMMENTS = {"#": "a # begins a comment", "&": "an & begins a name in YAML"}
OF_YAML = "tag:yaml.org,2002:"


class Loader(yaml.CSafeLoader):  # ten times as fast as the one in Python
    """Reads numbers and words as people write them, and leaves days to those who want one.

    YAML 1.1 takes 12:30 for 750, 010 for 8, 1e3 for a text, no for false, and 2025-06-31 for an error without a line.
    """


WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)$")
NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$|[-+]?\.inf$|\.nan$", re.IGNORECASE)
Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag in (f"{OF_YAML}null", f"{OF_YAML}merge")]
    for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver(f"{OF_YAML}bool", re.compile(r"true|false|True|False|TRUE|FALSE"), list("tTfF"))
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
        self._slips: list[Mistake] = []  # in the keys
        try:
            content = path.read_text("utf-8-sig") if text is None else text
            self._text = content.splitlines()
            node = yaml.compose(content, Loader=Loader)
            if node is not None:
                self._walk(node, ())
            if self._slips:
                raise Mistakes(self._slips)
            found: Any = None if node is None else yaml.SafeLoader("").construct_document(node)
        except OSError as error:
            raise Mistakes([Mistake(path.name, 1, "", f"cannot be read: {error.strerror}")]) from None
        except RecursionError:
            raise Mistakes(
                [Mistake(path.name, 1, "", "has brackets in brackets, or an anchor in itself, without end")]
            ) from None
        except UnicodeDecodeError as error:
            line = bytes(error.object[: error.start]).count(b"\n") + 1
            text = f"is not UTF-8 text (byte {error.start}): save it as UTF-8"
            raise Mistakes([Mistake(path.name, line, "", text)]) from None
        except yaml.YAMLError as error:
            line, text = syntax.slip(content, error)
            raise Mistakes([Mistake(path.name, line, "", text)]) from None
        except Mistakes:
            raise
        except (ValueError, KeyError, AttributeError):  # of a value with a tag
            line, text = syntax.tag(content)
            raise Mistakes([Mistake(path.name, line, "", text)]) from None
        self.content: Any = {} if found is None else found
        if not isinstance(self.content, dict):
            instead = ": take the dashes out" if isinstance(found, list) else ""
            raise Mistakes([self.mistake((), f"must be `key: value` lines, found {quoted(found)}{instead}")])

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
        needed = [name for name, field in model.model_fields.items() if field.is_required()]
        if content is None and not self.content and needed:
            raise Mistakes([self.mistake((), f"is empty: it needs {', '.join(needed)}")])
        try:
            return model.model_validate(self.content if content is None else content)
        except ValidationError as error:
            raise Mistakes(
                self._noted((*place, *where), text) for where, text in advice.mistakes(error, model)
            ) from None

    def _noted(self, place: Place, text: str) -> Mistake:
        # pydantic puts the tag of a union into the path; it stands in no file
        where = tuple(part for i, part in enumerate(place) if place[: i + 1] in self._lines or i == len(place) - 1)
        found = self.mistake(where, text)
        line = self._text[found.line - 1] if found.line <= len(self._text) else ""
        mark = re.search(r":\s+([#&])", line)
        if text.startswith("is empty") and mark:
            return self.mistake(where, f"is empty, because {COMMENTS[mark[1]]}: put quotes around text that has one")
        return found

    def _walk(self, node: yaml.Node, place: Place) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    text = "a key must be a word; put quotes around text that has braces or brackets"
                    raise Mistakes([Mistake(self.path.name, key.start_mark.line + 1, "", text)])
                if key.tag != f"{OF_YAML}merge":
                    key.tag = f"{OF_YAML}str"  # 2026-01-15, null or true is a word here
                here = (*place, key.value)
                if wrong := self._slip(here, key.value):  # what is below it is no second mistake
                    line = key.start_mark.line + 1
                    self._slips.append(Mistake(self.path.name, line, ".".join(map(str, here)).strip(), wrong))
                    continue
                self._note(here, key)
                self._walk(value, here)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                self._note((*place, index), value)
                self._walk(value, (*place, index))

    def _slip(self, place: Place, key: str) -> str | None:
        """What is wrong with a key, whatever it is called."""
        if place in self._lines:
            return f"is written twice, also in line {self._lines[place]}: keep one of the two"
        return syntax.FALSE_SPACE if syntax.HIDDEN.match(key) else None

    def _note(self, place: Place, node: yaml.Node) -> None:
        line = node.start_mark.line + 1
        self._lines[place] = line
        if len(self._lines) > MOST_VALUES:
            text = f"has more than {MOST_VALUES:,} values: write out what its anchors stand for"
            raise Mistakes([Mistake(self.path.name, line, "", text)])
