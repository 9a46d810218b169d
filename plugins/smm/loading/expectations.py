"""The expectations of include/expectations/*.yml: what must hold of each staged relation."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from smm.files.checked import CheckedFile, Mistakes
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
class Relation:
    """The rules of one staging relation, by name."""

    source: str
    rules: dict[str, Rule]


def read() -> dict[str, Relation]:
    """Every relation that is audited. Raises Mistakes, with file and line."""
    found: dict[str, Relation] = {}
    for path in sorted((INCLUDE / "expectations").glob("*.yml")):
        file = CheckedFile(path)
        for relation, rules in file.content.items():
            if not isinstance(rules, dict):
                raise Mistakes([file.mistake((relation,), "must be a mapping of rules")])
            checked = {name: file.parse(Rule, content, (relation, name)) for name, content in rules.items()}
            found[relation] = Relation(path.stem, checked)
    return found
