"""Which column of a Qualtrics response file holds what: built with the questions, used for the answers."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a cell goes.

    `codes` gives the value for each way in which it may be written (recode value, words, number of the
    choice); `several` of them may stand in one cell, parted by commas. With `row` it is a line of a matrix;
    with `option` a tick or, with `rank`, a place in a ranking. `words` are the places of free words, each
    with the option beside which they were written.
    """

    item: str
    codes: Mapping[str, object] = field(default_factory=dict)
    row: str = ""
    option: str = ""
    rank: bool = False
    several: bool = False
    words: tuple[tuple[str, str], ...] = ()


class Book:
    """Targets by column name; a name that the file repeats has several, in the order of the columns."""

    def __init__(self) -> None:
        self._columns: dict[str, list[Target]] = defaultdict(list)

    def add(self, target: Target, *names: str) -> None:
        """A target under all its names; a name that is taken keeps its first target."""
        for name in dict.fromkeys(names):
            if not self._columns[name]:
                self._columns[name].append(target)

    def again(self, target: Target, name: str) -> None:
        """One more target for a column name that the file repeats."""
        self._columns[name].append(target)

    def targets(self, columns: tuple[str, ...]) -> list[Target | None]:
        """The target of each column, None for those of no question."""
        seen: dict[str, int] = defaultdict(int)
        found: list[Target | None] = []
        for column in columns:
            known = self._columns.get(column, [])
            found.append(known[min(seen[column], len(known) - 1)] if known else None)
            seen[column] += 1
        return found
