"""VKScript, as far as `execute` knows it."""

import json
from typing import Any

import pytest

from sandbox.vk.execute import ScriptError, execute
from sandbox.vk.vkscript import CompileError


def _echo(method: str, values: dict[str, Any]) -> Any:
    return False if method == "it.fails" else {"method": method, "values": dict(values)}


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("return 1 + 2 * 3 - -1;", 8),
        ("return (1 + 2) * 3;", 9),
        ("return 10 - 3 - 2;", 5),
        ('return "a" + "b";', "ab"),
        ("return [1] + [2, [3]];", [1, 2, [3]]),
        ("return 2 >= 2 && 1 < 2 && !(1 > 2) && 1 <= 1;", True),
        ("return null || 0 || 5;", 5),
        ("return 1 == 2 ? 3 : null == null ? 4 : 5;", 4),
        ("return 1 != 1;", False),
        ('var a = {"x": {y: [10, 20]}}; return a.x.y[1] + a["x"].y.length;', 22),
        ("var a = {b: 1}; a.c = a.b + 1; return a;", {"b": 1, "c": 2}),
        ("var a = [], b; a.push(1); a.push(b); return a;", [1, None]),
        ("return [1, 2, 3].slice(1);", [2, 3]),
        ("var a = 1; if (a > 1) { a = 5; } else { a = 7; }; return a;", 7),
        ("var i = 0; while (i < 5) { i = i + 1; if (i == 3) { return i; } } return 0;", 3),
        ('return "\\u0431 \\"b\\"\\n";', 'б "b"\n'),
        ("return false.count;", None),
        ("return null - 3;", -3),
        ("return 5.5;", 5.5),
        ("1 + 1;", None),
        ("", None),
    ],
)
def test_what_it_knows(code: str, result: Any) -> None:
    assert execute(code, _echo) == result


def test_a_list_of_calls() -> None:
    code = 'return [API.wall.get({"owner_id":-1}),API.it.fails({}),API.users.get()];'
    assert execute(code, _echo) == [
        {"method": "wall.get", "values": {"owner_id": -1}},
        False,
        {"method": "users.get", "values": {}},
    ]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("return 1", "';' expected, '' found in line 1"),
        ("var a = 1;\nreturn (a;", "')' expected, ';' found in line 2"),
        ("while (true) {", "name expected, '' found in line 1"),
        ("return {1: 2};", "name expected, '1' found in line 1"),
        ("return a@.id;", "unexpected '@' in line 1"),
        ("return 'single';", "unexpected ''' in line 1"),
        ("for (;;) {}", "';' expected, '(' found in line 1"),
        ("var while = 1;", "name expected, 'while' found in line 1"),
    ],
)
def test_what_it_does_not_know_is_refused(code: str, says: str) -> None:
    with pytest.raises(CompileError) as refused:
        execute(code, _echo)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("return a;", "unknown variable a"),
        ('return "a" - 1;', "a number was expected"),
        ("return 1 + [1];", "a number was expected"),
        ("var a = 1; a.b = 2;", "no members to set"),
        ("return null.push(1);", "no method push"),
        ("return API.wall.get(1);", "one object of parameters"),
        ("while (true) {}", "too many operations"),
        ("var i = 0; while (i < 26) { API.wall.get({}); i = i + 1; }", "too many API calls"),
    ],
)
def test_what_cannot_go_on_fails(code: str, says: str) -> None:
    with pytest.raises(ScriptError) as failed:
        execute(code, _echo)
    assert says in str(failed.value)


def test_25_calls_are_allowed() -> None:
    calls = ",".join(f"API.wall.get({json.dumps({'owner_id': -number})})" for number in range(25))
    assert len(execute(f"return [{calls}];", _echo)) == 25
