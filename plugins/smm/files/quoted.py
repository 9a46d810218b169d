"""What somebody wrote, as a message shows it."""

from typing import Any

MOST = 40  # characters of it
PAIRS = "`key: value` pairs"
SHAPES = {None: "nothing", True: "true", False: "false"}


def quoted(written: Any) -> str:
    """In quotes if it is text, shortened, on one line, and with a plain space for what cannot be seen.

    What is no text is shown as YAML has it; of lists and pairs, only that they are some.
    """
    if written is None or isinstance(written, bool):
        return SHAPES[written]
    if isinstance(written, list | tuple | dict):
        return PAIRS if isinstance(written, dict) else "a list"
    text = written if isinstance(written, str) else repr(written)
    shown = "".join(character if character.isprintable() else " " for character in text)
    if len(shown) > MOST:
        shown = f"{shown[: MOST - 3]}..."
    mark = '"' if "'" in shown else "'"
    return f"{mark}{shown}{mark}" if isinstance(written, str) else shown
