"""Letters as files: `000001-owner@yarko.example.eml`, numbered in the order in which they came."""

import os
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

UNSAFE = re.compile(r"[^\w.@+-]")
MAX_NAMED = 100  # characters of the recipient in the file's name


class Mailbox:
    """The folder is made when it is not there; numbering goes on from the letters already in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._count = max((int(letter.partition("-")[0]) for letter in self.letters()), default=0)

    def keep(self, content: bytes, recipients: list[str]) -> Path:
        """The file of the new letter: `content` byte for byte, below a header with the envelope's recipients."""
        self._count += 1
        named = UNSAFE.sub("_", recipients[0])[:MAX_NAMED]
        path = self._folder / f"{self._count:06d}-{named}.eml"
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(f"X-Envelope-To: {', '.join(recipients)}\r\n".encode() + content)
        os.replace(unfinished, path)
        return path

    def letters(self) -> list[str]:
        """The ids of all letters, newest first."""
        return sorted((path.stem for path in self._folder.glob("[0-9]*.eml")), reverse=True)

    def raw(self, letter: str) -> bytes:
        """Raises KeyError for an id that `letters` does not have."""
        if letter not in self.letters():
            raise KeyError(letter)
        return (self._folder / f"{letter}.eml").read_bytes()

    def read(self, letter: str) -> EmailMessage:
        """Raises KeyError for an id that `letters` does not have."""
        return message_from_bytes(self.raw(letter), policy=default)
