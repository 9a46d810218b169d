"""VK's `execute`: runs the VKScript of one request, which may call the API up to 25 times."""

import operator
from collections.abc import Callable
from typing import Any

from sandbox.vk.vkscript import Block, Node, parse

MAX_API_CALLS = 25
MAX_OPERATIONS = 10_000

Call = Callable[[str, dict[str, Any]], Any]
"""(method, values) -> its answer; False where it failed."""

NUMERIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class ScriptError(Exception):
    """The code is right but cannot go on: a value of the wrong type, an unknown name, too many calls."""


def execute(code: str, call: Call) -> Any:
    """What `code` returns; None where it returns nothing. Raises vkscript.CompileError and ScriptError."""
    run = _Run(call)
    run.block(parse(code))
    return run.result


class _Run:
    """Values are JSON values. A member that is not there is null, and null counts as 0 in sums."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._variables: dict[str, Any] = {}
        self._calls = 0
        self._operations = 0
        self.result: Any = None

    def block(self, statements: Block) -> bool:
        """Whether it has returned."""
        return any(self._statement(statement) for statement in statements)

    def _statement(self, node: Node) -> bool:
        self._count()
        match node:
            case "set", name, value:
                self._variables[name] = self._value(value)
            case "put", owner, key, value:
                _put(self._value(owner), self._value(key), self._value(value))
            case "evaluate", value:
                self._value(value)
            case "if", test, then, otherwise:
                return self.block(then if _is_true(self._value(test)) else otherwise)
            case "while", test, body:
                while _is_true(self._value(test)):
                    self._count()
                    if self.block(body):
                        return True
            case "return", value:
                self.result = self._value(value)
                return True
        return False

    def _count(self) -> None:
        self._operations += 1
        if self._operations > MAX_OPERATIONS:
            raise ScriptError("too many operations")

    def _value(self, node: Node) -> Any:
        match node:
            case "constant", value:
                return value
            case "name", name:
                if name not in self._variables:
                    raise ScriptError(f"unknown variable {name}")
                return self._variables[name]
            case "list", items:
                return [self._value(item) for item in items]
            case "object", items:
                return {key: self._value(item) for key, item in items.items()}
            case "member", owner, key:
                return _member(self._value(owner), self._value(key))
            case "invoke", owner, name, arguments:
                return _invoke(self._value(owner), name, [self._value(argument) for argument in arguments])
            case "api", method, arguments:
                return self._api(method, [self._value(argument) for argument in arguments])
            case "?", test, then, otherwise:
                return self._value(then if _is_true(self._value(test)) else otherwise)
            case "!", value:
                return not _is_true(self._value(value))
            case "negative", value:
                return -_number(self._value(value))
            case "&&", left, right:
                value = self._value(left)
                return self._value(right) if _is_true(value) else value
            case "||", left, right:
                value = self._value(left)
                return value if _is_true(value) else self._value(right)
        sign, left, right = node
        return _joined(sign, self._value(left), self._value(right))

    def _api(self, method: str, arguments: list[Any]) -> Any:
        self._calls += 1
        if self._calls > MAX_API_CALLS:
            raise ScriptError("too many API calls")
        match arguments:
            case []:
                return self._call(method, {})
            case [dict() as values]:
                return self._call(method, values)
        raise ScriptError(f"API.{method} takes one object of parameters")


def _is_true(value: Any) -> bool:
    return isinstance(value, list | dict) or bool(value)


def _number(value: Any) -> int | float:
    if value is None:
        return 0
    if isinstance(value, int | float):
        return value
    raise ScriptError(f"a number was expected, not {type(value).__name__}")


def _joined(sign: str, left: Any, right: Any) -> Any:
    """`+` joins lists and texts too: `items + response.items` is how pages are put together."""
    if sign == "==":
        return left == right
    if sign == "!=":
        return left != right
    if sign == "+" and isinstance(left, list) and isinstance(right, list):
        return left + right
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    return NUMERIC[sign](_number(left), _number(right))


def _member(owner: Any, key: Any) -> Any:
    if isinstance(owner, dict):
        return owner.get(key)
    if key == "length" and isinstance(owner, list | str):
        return len(owner)
    if isinstance(owner, list) and isinstance(key, int) and 0 <= key < len(owner):
        return owner[key]
    return None


def _put(owner: Any, key: Any, value: Any) -> None:
    if not isinstance(owner, dict):
        raise ScriptError(f"{type(owner).__name__} has no members to set")
    owner[key] = value


def _invoke(owner: Any, name: str, arguments: list[Any]) -> Any:
    match owner, name, arguments:
        case list(), "push", [value]:
            owner.append(value)
            return None
        case list(), "slice", [int() as start]:
            return owner[start:]
    raise ScriptError(f"{type(owner).__name__} has no method {name} with {len(arguments)} arguments")
