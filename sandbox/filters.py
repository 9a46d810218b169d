"""GA4's dimension filters: which rows of a property a filter expression keeps."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from google.analytics.data_v1beta.types import Filter

from sandbox.data import Column, RefusedError

_MATCH = Filter.StringFilter.MatchType
_TESTS: dict[int, Callable[[str, str], bool]] = {
    _MATCH.EXACT: lambda value, wanted: value == wanted,
    _MATCH.BEGINS_WITH: lambda value, wanted: value.startswith(wanted),
    _MATCH.ENDS_WITH: lambda value, wanted: value.endswith(wanted),
    _MATCH.CONTAINS: lambda value, wanted: wanted in value,
    _MATCH.FULL_REGEXP: lambda value, wanted: re.fullmatch(wanted, value) is not None,
    _MATCH.PARTIAL_REGEXP: lambda value, wanted: re.search(wanted, value) is not None,
}


def dimensions_of(expression: Any) -> tuple[str, ...]:
    """The dimensions that a FilterExpression (plain protobuf) reads; an unset expression reads none."""
    kind = expression.WhichOneof("expr")
    if kind is None:
        return ()
    if kind == "filter":
        return (expression.filter.field_name,)
    parts = [expression.not_expression] if kind == "not_expression" else getattr(expression, kind).expressions
    return tuple(name for part in parts for name in dimensions_of(part))


def condition(expression: Any) -> Callable[[Column], np.ndarray]:
    """What a FilterExpression keeps: one bool per row. RefusedError: a filter that does not work on dimensions."""
    kind = expression.WhichOneof("expr")
    if kind == "filter":
        return _single(expression.filter)
    if kind == "not_expression":
        inner = condition(expression.not_expression)
        return lambda column: ~inner(column)
    if kind is None:
        raise RefusedError("A filter expression must hold a filter, a group or a negation.")
    inners = [condition(part) for part in getattr(expression, kind).expressions]
    combine = np.logical_and if kind == "and_group" else np.logical_or

    def keeps(column: Column) -> np.ndarray:
        kept: np.ndarray = combine.reduce([inner(column) for inner in inners])
        return kept

    return keeps


def _single(asked: Any) -> Callable[[Column], np.ndarray]:
    test = _test(asked)

    def keeps(column: Column) -> np.ndarray:
        values = column(asked.field_name)
        kept: np.ndarray = np.array([test(value) for value in values.categories], bool)[values.codes]
        return kept

    return keeps


def _test(asked: Any) -> Callable[[str], bool]:
    """Whether one value of the dimension is kept; GA4 ignores case unless told not to."""
    kind = asked.WhichOneof("one_filter")
    if kind == "in_list_filter":
        fold = str if asked.in_list_filter.case_sensitive else str.lower
        wanted = {fold(value) for value in asked.in_list_filter.values}
        return lambda value: fold(value) in wanted
    if kind == "empty_filter":
        return lambda value: value in ("", "(not set)")
    if kind == "string_filter":
        text = asked.string_filter
        fold = str if text.case_sensitive else str.lower
        is_regexp = text.match_type in (_MATCH.FULL_REGEXP, _MATCH.PARTIAL_REGEXP)
        pattern = text.value if is_regexp else fold(text.value)
        if is_regexp and not text.case_sensitive:
            pattern = f"(?i:{pattern})"
        match = _TESTS.get(text.match_type or _MATCH.EXACT)
        if match is None:
            raise RefusedError(f"String filter match type {text.match_type} does not exist.")
        return (lambda value: match(value, pattern)) if is_regexp else (lambda value: match(fold(value), pattern))
    raise RefusedError(f"Dimension {asked.field_name} can be filtered by strings, not by a {kind}.")
