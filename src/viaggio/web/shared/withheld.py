"""Which cells of a page are not told: those of few customers, and more wherever sums would give them away.

A page is a list of cells and of sums among them. What can be worked out of the told cells is told as well;
so cells are withheld until no small one can be worked out, neither from one sum nor from several together.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_CERTAIN = 1 - 1e-6


@dataclass(frozen=True, slots=True)
class Sum:
    """`whole` is the sum of `parts`; None for a whole that everybody knows anyway."""

    whole: Hashable | None
    parts: tuple[Hashable, ...]

    @property
    def cells(self) -> tuple[Hashable, ...]:
        """All cells of it."""
        return self.parts if self.whole is None else (self.whole, *self.parts)


def is_small(n: float, minimum: float) -> bool:
    """Whether a number tells of few, but not of nobody."""
    return 0 < n < minimum


def withheld(
    cells: Mapping[Hashable, float],
    sums: Sequence[Sum],
    minimum: float,
    *,
    unsaid: frozenset[Hashable] = frozenset(),
) -> frozenset[Hashable]:
    """The cells that are not told. `unsaid`: those that the page does not show, but sums could give away."""
    small = frozenset(cell for cell, n in cells.items() if is_small(n, minimum))
    page = _Page(cells, sums, minimum, small, {*small, *unsaid}, sums_by_cell(sums))
    while small and (page.few_follow_one_by_one() or page.few_follow_together()):
        pass
    follow = determined(page.among, page.hidden) if small else set()
    return frozenset(page.hidden - (follow - small - unsaid))  # what follows anyway may as well be told


def sums_by_cell(sums: Iterable[Sum]) -> Mapping[Hashable, list[Sum]]:
    """The sums in which each cell stands."""
    among: dict[Hashable, list[Sum]] = defaultdict(list)
    for one in sums:
        for cell in one.cells:
            among[cell].append(one)
    return among


@dataclass(slots=True)
class _Page:
    """What a page tells so far; each check withholds one cell more and says so, or finds nothing."""

    cells: Mapping[Hashable, float]
    sums: Sequence[Sum]
    minimum: float
    small: frozenset[Hashable]
    hidden: set[Hashable]
    among: Mapping[Hashable, list[Sum]]

    def few_follow_one_by_one(self) -> bool:
        """A small cell, or few together, follow from one sum after another."""
        known: set[Hashable] = set()
        while True:
            before = len(known)
            for one in self.sums:
                unknown = [cell for cell in one.cells if cell in self.hidden and cell not in known]
                if self._is_exposed(one, unknown) and self._hide_one_of([one]):
                    return True
                if len(unknown) == 1:
                    known.add(unknown[0])
            if len(known) == before:
                return False

    def few_follow_together(self) -> bool:
        """A small cell follows from several sums together."""
        for cell in sorted(determined(self.among, self.hidden) & self.small, key=str):
            if self._hide_one_of(self.among[cell]):
                return True
        return False

    def _is_exposed(self, one: Sum, unknown: Sequence[Hashable]) -> bool:
        """Whether what is unknown in a sum is one small cell, or few in all whose total follows."""
        if len(unknown) == 1:
            return unknown[0] in self.small
        if one.whole in unknown or self.small.isdisjoint(unknown):
            return False
        return is_small(sum(self.cells[cell] for cell in unknown), self.minimum)

    def _hide_one_of(self, near: Sequence[Sum]) -> bool:
        """Withhold the smallest told part of these sums; else a whole; else a cell of sums further on."""
        told = self._told(part for one in near for part in one.parts)
        told = told or self._told(one.whole for one in near)
        if not told:
            touched = [one for cell in self.hidden for one in self.among.get(cell, ())]
            told = self._told((cell for one in touched for cell in one.cells), nothings=True)
        if told:
            self.hidden.add(min(told, key=lambda cell: (self.cells[cell] <= 0, self.cells[cell], str(cell))))
        return bool(told)

    def _told(self, cells: Iterable[Hashable | None], *, nothings: bool = False) -> list[Hashable]:
        """Those that are told and more than nothing."""
        told = [cell for cell in cells if cell is not None and cell not in self.hidden]
        return [cell for cell in told if nothings or self.cells[cell] > 0]


def determined(among: Mapping[Hashable, list[Sum]], hidden: AbstractSet[Hashable]) -> set[Hashable]:
    """The hidden cells whose value follows from the told ones by linear algebra.

    A cell follows where its unit vector lies in the row space of the sums' matrix over the hidden cells.
    """
    found: set[Hashable] = set()
    for group in _joined(among, hidden):
        if len(group) == 1:
            found |= set(group) if among.get(group[0]) else set()
            continue
        place = {cell: i for i, cell in enumerate(group)}
        rows = dict.fromkeys(one for cell in group for one in among[cell])
        matrix: npt.NDArray[np.float64] = np.zeros((len(rows), len(group)))
        for row, one in enumerate(rows):
            for part in one.parts:
                if part in place:
                    matrix[row, place[part]] += 1
            if one.whole in place:
                matrix[row, place[one.whole]] -= 1
        onto = np.linalg.pinv(matrix) @ matrix
        found |= {cell for cell, i in place.items() if onto[i, i] > _CERTAIN}
    return found


def _joined(among: Mapping[Hashable, list[Sum]], hidden: AbstractSet[Hashable]) -> list[list[Hashable]]:
    """Hidden cells in groups that no sum joins."""
    groups: list[list[Hashable]] = []
    seen: set[Hashable] = set()
    for first in sorted(hidden, key=str):
        if first in seen:
            continue
        seen.add(first)
        group, open_ = [first], [first]
        while open_:
            for one in among.get(open_.pop(), ()):
                for cell in one.cells:
                    if cell in hidden and cell not in seen:
                        seen.add(cell)
                        group.append(cell)
                        open_.append(cell)
        groups.append(group)
    return groups
