"""The columns of a table that people write, and the words for them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from smm.files.quoted import quoted

# A header may also be in Russian or Swedish.
WORDS = {
    "period": ("период", "period"),
    "day": ("день", "дата", "dag", "datum"),
    "month": ("месяц", "månad"),
    "network": ("сеть", "соцсеть", "nätverk"),
    "measure": ("показатель", "метрика", "mått", "mätetal"),
    "value": ("значение", "värde"),
    "note": ("примечание", "комментарий", "anteckning", "kommentar"),
    "kpi": ("показатель", "nyckeltal"),
    "plan": ("план", "plan"),
}
# soft hyphens, marks of direction and the like: chats and web pages put them around what is copied
INVISIBLE = dict.fromkeys(
    [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF]
)
NAME = re.compile(r"[^\W\d][\w .()%/-]{0,29}")  # what a header may look like; anything else may be a secret


@dataclass(frozen=True)
class Columns:
    periods: tuple[str, ...]  # exactly one of these
    needed: tuple[str, ...]
    number: str  # that of these which is a number
    free: tuple[str, ...] = ()  # may be missing

    def named(self, cells: Sequence[str]) -> list[str]:
        """The column of each cell of the header; "" for a cell without text. Raises ValueError, with all mistakes."""
        known = (*self.periods, *self.needed, *self.free)
        words = {word: name for name in known for word in (name, *WORDS[name])}
        written = [" ".join(cell.translate(INVISIBLE).split()).lower() for cell in cells]
        named = [words.get(word, word) for word in written]
        found = [name for name in named if name in known]
        header = f"write the header {','.join((self.periods[0], *self.needed, *self.free))}"
        wrong = [f"found no column {name}" for name in self.needed if name not in found]
        if found:  # else it is some other file, and nothing of it is shown
            wrong += _strangers([name for name in named if name and name not in known])
        wrong += [f"found {name!r} twice" for name in sorted(set(found)) if found.count(name) > 1]
        periods = [name for name in found if name in self.periods]
        if not periods:
            wrong.append(
                "found no column of periods" if len(self.periods) > 1 else f"found no column {self.periods[0]}"
            )
        if len(set(periods)) > 1:
            wrong.append(f"found {' and '.join(periods)}, write one of {', '.join(self.periods)}")
        if wrong:
            raise ValueError(f"{'; '.join(wrong)}; {header}")
        return named


def _strangers(names: list[str]) -> list[str]:
    if not names:
        return []
    shown = ", ".join(quoted(name) for name in names if NAME.fullmatch(name))
    return [f"found {f'the column {shown}' if shown else 'a column'}, which means nothing here"]
