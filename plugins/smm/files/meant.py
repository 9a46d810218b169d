"""What somebody probably meant by a word that is none of those there are."""

from collections.abc import Iterable
from difflib import get_close_matches

OTHER_WORDS = {  # of other tools, or of this one's letters and pages
    "min": "at_least",
    "minimum": "at_least",
    "max": "at_most",
    "maximum": "at_most",
    "goals": "targets",
    "events": "annotations",
    "recipients": "to",
    "readers": "to",
    "email": "to",
    "city": "cities",
    "file": "path",
}
LEAST = 3  # characters of a word that is cut short, such as lang


def nearest(written: str, known: Iterable[str]) -> str | None:
    """The name that looks most like it; capitals, spaces, dots and hyphens make no difference."""
    names = {_plain(name): name for name in known}
    plain = _plain(written)
    if (other := OTHER_WORDS.get(plain)) in names:
        return names[str(other)]
    longer = [name for name in names if len(plain) >= LEAST and name.startswith(plain)]
    near = get_close_matches(plain, names, 1, 0.7) or (longer if len(longer) == 1 else [])
    return names[near[0]] if near else None


def instead(written: str, known: Iterable[str], there_are: str = "there are") -> str:
    """``did you mean `targets`?``, or, if that is not likely, the names there are."""
    names = list(known)
    near = nearest(written, names)
    return f"did you mean `{near}`?" if near else f"{there_are} {', '.join(names)}"


def question(written: object, known: Iterable[str]) -> str:
    """``; did you mean `ru`?`` behind a message that lists the names; nothing if that is not likely."""
    near = nearest(written, known) if isinstance(written, str) else None
    return f"; did you mean `{near}`?" if near else ""


def _plain(name: str) -> str:
    return "".join("_" if character in " -.\u00a0" else character for character in name.strip().casefold())
