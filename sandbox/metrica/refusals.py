"""Metrica's refusals, in the form that its documentation gives."""

import json
from typing import Any

from sandbox.loopback import Answer

JSON = "application/json; charset=utf-8"


class RefusalError(Exception):
    """`kind`: the error_type."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind

    def answer(self) -> Answer:
        said: dict[str, Any] = {
            "errors": [{"error_type": self.kind, "message": str(self)}],
            "code": self.status,
            "message": str(self),
        }
        return Answer(self.status, JSON, json.dumps(said, ensure_ascii=False).encode())


def wrong(parameter: str, value: Any) -> RefusalError:
    return RefusalError(400, "invalid_parameter", f"Wrong parameter: '{parameter}', value: '{value}', error code: 4001")
