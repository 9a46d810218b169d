"""What pydantic finds wrong, in words for whoever writes the file: what was found, and what to write.

A field's ``examples`` are what is proposed for it, as YAML has it: the first for the whole value, the second for an
item of it.
"""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from smm.files import meant
from smm.files.asked import Asked, Place, asked, bounds, is_pair, keys
from smm.files.quoted import PAIRS, quoted

WANTED = {  # by how pydantic's names of errors begin
    "string_": "text",
    "int_": "a whole number",
    "greater_": "a whole number",
    "less_": "a whole number",
    "finite_": "a whole number",
    "bool_": "true or false",
    "list_": "a list",
    "tuple_": "a list",
    "dict_": PAIRS,
    "model_": PAIRS,
}
COMMA = "is what follows the comma of a number: write 1.5, or put quotes around '1,5%'"
NO_KEY = "is not a key of this file"


def mistakes(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[Place, str]]:
    """Each by its place. What follows from another mistake is not told: a key is missing where it is misspelt."""
    details = error.errors()
    misspelt = {
        (*detail["loc"][:-1], meant.nearest(str(detail["loc"][-1]), keys(asked(model, detail["loc"]).owner)))
        for detail in details
        if detail["type"] == "extra_forbidden"
    }
    no_keys = {detail["loc"][:-1] for detail in details if detail["loc"][-1:] == ("[key]",)}
    empty = {detail["loc"] for detail in details if detail["input"] is None}
    for detail in details:
        place = tuple(part for part in detail["loc"] if part != "[key]")
        key = place[-1] if place and isinstance(place[-1], str) else ""  # an item of a list has none
        if detail["loc"] in no_keys or (detail["type"] == "missing" and place in misspelt):
            continue
        run_on = _run_on(key) if place in empty and place != detail["loc"] else None
        yield place, run_on or _told(dict(detail), asked(model, place), key, model)


def _told(detail: dict[str, Any], at: Asked, key: str, model: type[BaseModel]) -> str:
    kind, found, limits = str(detail["type"]), detail["input"], detail.get("ctx", {})
    is_number = re.fullmatch(r"\d+\s*%?", key) and not re.fullmatch(r"20\d\d", key)  # but a year
    if is_number and found in (None, key) and kind != "missing":
        return COMMA
    if kind == "missing":
        return f"is missing: add `{key}: {at.example or '...'}`{', for example' if at.example else ''}"
    if kind == "extra_forbidden":
        return unknown(key, found, at.owner, model)
    if detail["loc"][-1:] == ("[key]",) and kind == "literal_error":
        return f"{NO_KEY}; {meant.instead(key, _choices(limits), 'the keys here are')}"
    if found is None and kind == "literal_error":
        return f"is empty: write one of {', '.join(_choices(limits))}"
    if found is None:
        what = "its keys below it, indented" if _wanted(kind) == PAIRS else "what it is"
        return f"is empty: {_example(key, at) or f'write {what}'}{'' if at.is_needed else ', or take it out'}"
    if kind == "literal_error":
        choices = _choices(limits)
        return f"must be one of {', '.join(choices)}, found {quoted(found)}{meant.question(found, choices)}"
    if kind == "string_too_long":
        return f"has {len(found)} characters: write at most {limits['max_length']}"
    if kind in ("too_short", "too_long"):
        most_or_least = limits.get("min_length", limits.get("max_length"))
        count = f"must have {most_or_least} items, found {len(found)}" if found else "is empty"
        return f"{count}: {_example(key, at) or 'write them'}"
    wanted = _wanted(kind)
    if kind == "int_type" and isinstance(found, str) and found.isdecimal():  # one that may be no text
        return f"must be a whole number{bounds(at.field)}, found {quoted(found)}: take the quotes out"
    return _of_another_type(wanted, found, key, at) if wanted else _own(str(detail["msg"]), found)


def _wanted(kind: str) -> str | None:
    return next((words for begin, words in WANTED.items() if kind.startswith(begin)), None)


def _is_short(text: str) -> bool:
    """Whether it can be shown once more, as it should be written."""
    return bool(text.strip()) and text.isprintable() and len(text) <= 60


def _own(message: str, found: Any) -> str:
    """What a validator of ours says."""
    text = message.removeprefix("Value error, ")
    is_shown = not isinstance(found, str | int | float) or "found" in text or str(found) in text or "empty" in text
    return text[0].lower() + text[1:] + ("" if is_shown else f", found {quoted(found)}")


def _of_another_type(wanted: str, found: Any, key: str, at: Asked) -> str:
    text = f"must be {wanted}{bounds(at.field) if 'number' in wanted else ''}, found {quoted(found)}"
    if wanted == "a whole number" and isinstance(found, int) and not isinstance(found, bool):
        return text
    if wanted == "a list" and isinstance(found, str) and _is_short(found) and not is_pair(at.field):
        return f"{text}: put square brackets around it, [{found.strip('[] ')}]"
    if example := _example(key, at):
        return f"{text}: {example}"
    if wanted == "text" and isinstance(found, bool | int | float):
        return f'{text}: put quotes around it, "{str(found).lower()}"'
    return text


def _example(key: str, at: Asked) -> str:
    """``write `hour: 9`, for example``; nothing if the field has none."""
    if at.example is None:
        return ""
    return f"write `{f'{key}: {at.example}' if key else at.example}`, for example"


def unknown(
    key: str, found: Any, owner: type[BaseModel] | None, root: type[BaseModel] | None = None, no_key: str = NO_KEY
) -> str:
    """What is meant by a key that ``owner``, a part of ``root``, does not have."""
    names = keys(owner)
    if found is None and (run_on := _run_on(key, names)):
        return run_on
    for name in names:
        inner = asked(owner, (name, key)) if owner else Asked(None, None)
        if inner.field and not inner.is_item:
            return f"is a key of `{name}`: write it below `{name}:`, indented"
    if root is not owner and key in keys(root):
        return "is a key of the whole file: begin it in the first column"
    if found is None and not meant.nearest(key, names):
        return f"{no_key}; if it belongs to the text before the comma, put quotes around all of it"
    return f"{no_key}; {meant.instead(key, names, 'the keys here are')}"


def _run_on(key: str, names: list[str] | None = None) -> str | None:
    """Of a key in which its value stands too; it is one of these names, or any."""
    found = re.fullmatch(r"(\S+?)(?:\s*[:=]\s*|\s+)(\S.*)", key)
    if not found or (names is not None and found[1] not in names):
        return None
    return f"is key and value in one: write a colon and a space between them, `{found[1]}: {found[2]}`"


def _choices(limits: dict[str, Any]) -> list[str]:
    """Those of a Literal."""
    return re.findall(r"'([^']*)'", str(limits.get("expected", "")))
