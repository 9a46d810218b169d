"""VKScript as `execute` takes it: text in, tree out.

Known is what vk_api's request pool and its `get_all` write (`var`, assignment, `while`, `if`, `return`, calls of `API`,
`push`, `slice`), and lists of calls. The rest of the language is refused as a mistake would be, by CompileError.

A node is a tuple headed by its kind.
Statements: ("set", name, value), ("put", owner, key, value), ("evaluate", value), ("return", value),
    ("while", test, block), ("if", test, block, block); a block is a list of statements.
Values: ("constant", value), ("name", name), ("list", values), ("object", {key: value}), ("member", owner, key),
    ("invoke", owner, name, values), ("api", method, values), ("?", test, then, otherwise), ("!", value),
    ("negative", value), (sign, left, right).
"""

import json
import re
from typing import Any, NamedTuple

Node = tuple[Any, ...]
Block = list[Node]

CONSTANTS: dict[str, bool | None] = {"null": None, "true": True, "false": False}
RESERVED = {"var", "return", "while", "if", "else", "API"} | CONSTANTS.keys()
BINDING = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6}
TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<name>[A-Za-z_$][\w$]*)"""
    r"""|(?P<sign>[=!<>]=|&&|\|\||[-+*<>!?:=.,;(){}\[\]])|(?P<end>\Z))""",
    re.DOTALL,
)


class CompileError(Exception):
    """The code is not VKScript, or not the part of it that is known here; says what was expected, and where."""


class Token(NamedTuple):
    kind: str
    text: str
    line: int


def parse(code: str) -> Block:
    """Raises CompileError."""
    return _Parser(_tokens(code)).block(until="end")


def _tokens(code: str) -> list[Token]:
    tokens: list[Token] = []
    at, line = 0, 1
    while not tokens or tokens[-1].kind != "end":
        found = TOKEN.match(code, at)
        if found is None:
            raise CompileError(f"unexpected '{code[at:].lstrip()[:1]}' in line {line}")
        kind = str(found.lastgroup)
        line += code.count("\n", at, found.start(kind))
        tokens.append(Token(kind, found[kind], line))
        at = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _advance(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1].text

    def _take(self, text: str) -> bool:
        seen = self._next.text == text and self._next.kind in {"sign", "name"}
        self._at += seen
        return seen

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._unexpected(f"'{text}'")

    def _unexpected(self, wanted: str) -> CompileError:
        return CompileError(f"{wanted} expected, '{self._next.text}' found in line {self._next.line}")

    def _name(self) -> str:
        if self._next.kind != "name" or self._next.text in RESERVED:
            raise self._unexpected("name")
        return self._advance()

    def block(self, until: str) -> Block:
        statements: Block = []
        while not (self._next.kind == until or self._take(until)):
            statements += self._statement()
        return statements

    def _braced(self) -> Block:
        self._expect("{")
        return self.block(until="}")

    def _statement(self) -> Block:
        if self._take(";"):
            return []
        if self._take("while"):
            return [("while", self._bracketed(), self._braced())]
        if self._take("if"):
            return [("if", self._bracketed(), self._braced(), self._braced() if self._take("else") else [])]
        if self._take("var"):
            statements = [self._declaration()]
            while self._take(","):
                statements.append(self._declaration())
        elif self._take("return"):
            statements = [("return", self._value())]
        else:
            statements = [self._assignment()]
        self._expect(";")
        return statements

    def _declaration(self) -> Node:
        return ("set", self._name(), self._value() if self._take("=") else ("constant", None))

    def _assignment(self) -> Node:
        target = self._value()
        if target[0] == "name" and self._take("="):
            return ("set", target[1], self._value())
        if target[0] == "member" and self._take("="):
            return ("put", target[1], target[2], self._value())
        return ("evaluate", target)

    def _bracketed(self) -> Node:
        self._expect("(")
        value = self._value()
        self._expect(")")
        return value

    def _value(self) -> Node:
        test = self._joined(1)
        if not self._take("?"):
            return test
        then = self._value()
        self._expect(":")
        return ("?", test, then, self._value())

    def _joined(self, binding: int) -> Node:
        left = self._prefixed()
        while self._next.kind == "sign" and BINDING.get(self._next.text, 0) >= binding:
            sign = self._advance()
            left = (sign, left, self._joined(BINDING[sign] + 1))
        return left

    def _prefixed(self) -> Node:
        if self._take("!"):
            return ("!", self._prefixed())
        if self._take("-"):
            return ("negative", self._prefixed())
        return self._postfixed()

    def _postfixed(self) -> Node:
        value = self._primary()
        while True:
            if self._take("["):
                value = ("member", value, self._value())
                self._expect("]")
            elif self._take("."):
                name = self._name()
                called = self._take("(")
                value = ("invoke", value, name, self._listed(")")) if called else ("member", value, ("constant", name))
            else:
                return value

    def _primary(self) -> Node:
        if self._next.kind in {"number", "text"}:
            return ("constant", json.loads(self._advance(), strict=False))
        if self._next.text in CONSTANTS:
            return ("constant", CONSTANTS[self._advance()])
        if self._next.text == "(":
            return self._bracketed()
        if self._take("["):
            return ("list", self._listed("]"))
        if self._take("{"):
            return self._object()
        if self._take("API"):
            return self._api_call()
        return ("name", self._name())

    def _listed(self, closing: str) -> Block:
        values: Block = []
        while not self._take(closing):
            if values:
                self._expect(",")
            values.append(self._value())
        return values

    def _object(self) -> Node:
        items: dict[str, Node] = {}
        while not self._take("}"):
            if items:
                self._expect(",")
            key = json.loads(self._advance(), strict=False) if self._next.kind == "text" else self._name()
            self._expect(":")
            items[key] = self._value()
        return ("object", items)

    def _api_call(self) -> Node:
        path: list[str] = []
        while not self._take("("):
            self._expect(".")
            path.append(self._name())
        return ("api", ".".join(path), self._listed(")"))
