"""The expectations: what must hold of each staged relation of a kind, and of one source's rows of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from smm import facts, sources
from smm.files.checked import CheckedFile, Mistakes
from smm.files.quoted import quoted
from smm.project import INCLUDE


class Rule(BaseModel):
    """One rule: its severity, what a finding of it means, and the Great Expectations class with its arguments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    severity: Literal["critical", "warning"]
    says: str
    expectation: str
    arguments: dict[str, Any]

    @model_validator(mode="before")
    @classmethod
    def _expectation_by_name(cls, content: Any) -> Any:
        if not isinstance(content, dict):
            return content
        named = [key for key in content if key not in ("severity", "says")]
        if len(named) != 1 or not named[0].startswith("Expect"):
            raise ValueError("needs exactly one expectation, such as ExpectColumnValuesToBeBetween: {column: ...}")
        return {
            "severity": content.get("severity"),
            "says": content.get("says"),
            "expectation": named[0],
            "arguments": content[named[0]],
        }


@dataclass(frozen=True)
class Suite:
    """The rules of one relation of a kind of facts, by name; ``source``: of its rows alone, None = of everybody's."""

    kind: str
    relation: str
    source: str | None
    rules: dict[str, Rule]

    @property
    def name(self) -> str:
        return f"{self.relation}_{self.source}" if self.source else self.relation

    @property
    def sources(self) -> list[str]:
        """Whose rows are judged."""
        return [
            source.name
            for source in sources.every()
            if self.kind in source.kinds and self.source in (None, source.name)
        ]


@cache
def read() -> tuple[Suite, ...]:
    """Every suite: include/expectations/<kind>.yml, and sources' own. Raises Mistakes, with file and line."""
    found: list[Suite] = []
    for kind in facts.KINDS:
        found += _suites(INCLUDE / "expectations" / f"{kind}.yml", None)
    for source in sources.every():
        path = source.folder / "expectations.yml"
        found += _suites(path, source.name) if path.exists() else ()
    return tuple(found)


def _suites(path: Path, source: str | None) -> Iterator[Suite]:
    kinds = {relation: kind for kind, relations in facts.KINDS.items() for relation in relations}
    file = CheckedFile(path)
    for relation, rules in file.content.items():
        if relation not in kinds:
            raise Mistakes([file.mistake((relation,), f"is not a relation; there are {', '.join(kinds)}")])
        if not isinstance(rules, dict):
            raise Mistakes([file.mistake((relation,), f"must be rules with their names, found {quoted(rules)}")])
        checked = {name: file.parse(Rule, content, (relation, name)) for name, content in rules.items()}
        yield Suite(kinds[relation], relation, source, checked)
