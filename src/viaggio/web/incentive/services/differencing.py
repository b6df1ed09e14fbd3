"""What follows from several tables of totals at once, and which cells must be hidden so that it does not.

Each shown cell is a sum over known members. The sum of a group follows from the shown ones exactly when its
members are a linear combination of theirs. Tables that are harmless each for itself can give a small group
away together, and by longer ways than one subtraction; here every way is looked at.

A settlement that is corrected has been shown before. What did not change is the same member in both versions,
what did is another one: so the difference of the versions is a combination too, and tells of those who
changed. What was shown can not be taken back: only cells of the new version are hidden.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched, combinations, product
from typing import Any

type Group = frozenset[str]
type Place = tuple[int, str]
type Matrix = Any

PRIME = 2**31 - 1
"""Rows are reduced modulo a prime: what follows over fractions follows here too."""

MOST_WAYS = 50_000
"""So many combinations are tried; of two rows all are, however many there be."""

AT_ONCE = 2_000
"""So many combinations are looked at together."""

EVERYBODY: Place = (-1, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Of each table the groups to hide, and whether everybody's total is hidden too."""

    gone: tuple[frozenset[str], ...]
    total: bool


def closed(
    tables: Sequence[Mapping[str, Group]], hidden: Sequence[Iterable[str]], least: int
) -> list[set[str]]:
    """Of each table the groups to hide, so that no group of fewer than `least` people follows.

    `hidden` are those hidden already; the total of everybody is known.
    """
    return [set(some) for some in closed_with(tables, hidden, least).gone]


def closed_with(
    tables: Sequence[Mapping[str, Group]],
    hidden: Sequence[Iterable[str]],
    least: int,
    *,
    person: Callable[[str], str] = str,
    known: Sequence[Group] = (),
) -> Closed:
    """The same with cells that were shown before, `known`, of which none can be hidden any more.

    `person` tells whom a member stands for. First go cells that differ from a known one by fewer than `least`
    people; then, while a leak is left, the smallest cell that closes it.
    """
    everybody = frozenset(one for table in tables for group in table.values() for one in group)
    shown = {
        (at, name): group
        for at, table in enumerate(tables)
        for name, group in table.items()
        if name not in set(hidden[at]) and group != everybody
    }
    kinds = _Kinds.of([everybody, *shown.values(), *known], least, person)
    cells = {place: kinds.within(group) for place, group in shown.items()}
    sizes = {place: (len(group), place) for place, group in shown.items()}
    cells[EVERYBODY], sizes[EVERYBODY] = kinds.within(everybody), (len(everybody), EVERYBODY)
    now, before = kinds.within(everybody), [kinds.within(group) for group in known]
    cells = {
        place: cell for place, cell in cells.items() if not any(_tells(kinds, cell, b, now) for b in before)
    }
    while cells and (leak := _leak(kinds, [*before, *cells.values()], now)) is not None:
        del cells[_closing(cells, before, leak, sizes)]
    total = EVERYBODY not in cells
    stay = {place for place in cells if place != EVERYBODY}
    stay |= {(at, name) for at, table in enumerate(tables) for name, group in table.items()
             if group == everybody and not total}  # fmt: skip
    return Closed(
        gone=tuple(
            frozenset(name for name in table if (at, name) not in stay) for at, table in enumerate(tables)
        ),
        total=total,
    )


@dataclass(frozen=True, slots=True)
class _Kinds:
    """Members who are in the same groups throughout, together, by a number; and the people of each kind."""

    kind_of: Mapping[str, str]
    people: Mapping[str, frozenset[str]]
    least: int

    @classmethod
    def of(cls, groups: Sequence[Group], least: int, person: Callable[[str], str]) -> "_Kinds":
        kinds = _atoms(groups)
        return cls(
            {member: f"{number:06d}" for number, kind in enumerate(kinds) for member in kind},
            {f"{number:06d}": frozenset(map(person, kind)) for number, kind in enumerate(kinds)},
            least,
        )

    def within(self, group: Group) -> Group:
        """The kinds that a group is made of."""
        return frozenset(self.kind_of[member] for member in group)

    def named(self, kinds: Iterable[str]) -> frozenset[str]:
        """The people of these kinds."""
        return frozenset[str]().union(*(self.people[kind] for kind in kinds))

    def several(self, groups: Iterable[Group]) -> int:
        """In how many of these groups one person is at most, where they are groups of few."""
        times = Counter(one for group in groups if self.few(group) for one in self.named(group))
        return max(times.values(), default=1)

    def few(self, kinds: Iterable[str]) -> bool:
        """Whether these are some people, but fewer than the least that may be told of."""
        seen: set[str] = set()
        for kind in kinds:
            seen |= self.people[kind]
            if len(seen) >= self.least:
                return False
        return bool(seen)


def _tells(kinds: _Kinds, cell: Group, before: Group, now: Group) -> bool:
    """Whether the difference of a cell and one that was shown before tells of few people."""
    return kinds.few(cell ^ before) and (cell < before or before < cell or not before <= now)


@dataclass(frozen=True, slots=True)
class _Leak:
    """What can be worked out: these members together, less those."""

    plus: Group
    less: Group


def _leak(kinds: _Kinds, shown: Sequence[Group], everybody: Group) -> _Leak | None:
    """Members of few people whose sum, or the change of whose sum, follows from the shown cells.

    Columns of kinds with many people come first. A combination without them uses none of the rows that begin
    in them, so only the others are put together; in a reduced echelon form it has the coefficient of a row at
    its first column: 1, and -1 for what an older version held.
    """
    atoms = sorted(_atoms(shown), key=lambda atom: (kinds.few(atom), sorted(atom)))
    large = sum(not kinds.few(atom) for atom in atoms)
    rows, firsts = _reduced(_matrix(atoms, shown))
    few = rows[[at for at, first in enumerate(firsts) if first >= large]]
    return _first_leak(kinds, atoms, few, [not atom <= everybody for atom in atoms])


def _first_leak(kinds: _Kinds, atoms: Sequence[Group], rows: Matrix, older: Sequence[bool]) -> _Leak | None:
    """The first combination of rows that is a leak; with signs only where an older version is part of it."""
    import numpy as np

    old = np.array(older, bool)
    sizes = np.array([min(len(kinds.named(atom)), kinds.least) for atom in atoms], np.int64)
    most = kinds.least * kinds.several(atoms)
    for ways in _ways(rows, kinds.least, signed=any(older)):
        plus, less, used = ways == 1, ways == PRIME - 1, ways != 0
        fits = used.any(axis=1) & (used == (plus | less)).all(axis=1) & (used @ sizes < most)
        fits &= ~less.any(axis=1) | (used & old).any(axis=1)
        for at in np.flatnonzero(fits).tolist():
            leak = _Leak(_picked(atoms, plus[at]), _picked(atoms, less[at]))
            if kinds.few(leak.plus | leak.less):
                return leak
    return None


def _picked(atoms: Sequence[Group], mask: Any) -> Group:
    wanted = zip(atoms, mask.tolist(), strict=True)
    return frozenset[str]().union(*(atom for atom, is_wanted in wanted if is_wanted))


def _ways(rows: Matrix, least: int, *, signed: bool) -> Iterator[Matrix]:
    """Sums of some rows, of few first, some thousand at a time; with signs for older versions."""
    import numpy as np

    tried = 0
    for size in range(1, min(len(rows), least * (2 if signed else 1)) + 1):
        signs = [(1, *rest) for rest in product((1, -1) if signed else (1,), repeat=size - 1)]
        for some in batched(combinations(range(len(rows)), size), AT_ONCE):
            picked = rows[np.array(some)]
            for sign in signs:
                tried += len(some)
                if tried > MOST_WAYS and size > 2:
                    return
                yield (picked * np.array(sign)[None, :, None]).sum(axis=1) % PRIME


def _closing(
    cells: Mapping[Place, Group],
    known: Sequence[Group],
    leak: _Leak,
    sizes: Mapping[Place, tuple[int, Place]],
) -> Place:
    """The smallest cell without which the leak does not follow; else the smallest of all."""
    ordered = sorted(cells, key=lambda place: sizes[place])
    for place in ordered:
        rest = [*known, *(group for other, group in cells.items() if other != place)]
        atoms = _atoms([*rest, leak.plus, leak.less])
        matrix = _matrix(atoms, [*rest, leak.plus, leak.less])
        matrix[-2] = (matrix[-2] - matrix[-1]) % PRIME
        if len(_reduced(matrix[:-1])[1]) > len(_reduced(matrix[:-2])[1]):
            return place
    return ordered[0]


def _atoms(groups: Iterable[Group]) -> list[Group]:
    """Members who are in the same groups throughout, together."""
    listed = list(groups)
    kinds: dict[tuple[bool, ...], set[str]] = {}
    for member in frozenset[str]().union(*listed):
        kinds.setdefault(tuple(member in group for group in listed), set()).add(member)
    return sorted((frozenset(some) for some in kinds.values()), key=sorted)


def _matrix(atoms: Sequence[Group], groups: Iterable[Group]) -> Matrix:
    """The groups as rows over the atoms."""
    import numpy as np

    return np.array([[atom <= group for atom in atoms] for group in groups], np.int64)


def _reduced(matrix: Matrix) -> tuple[Matrix, list[int]]:
    """The rows in reduced echelon form modulo the prime, and the first column of each."""
    import numpy as np

    rows, firsts = matrix.copy(), list[int]()
    for column in range(rows.shape[1] if len(rows) else 0):
        at = len(firsts)
        below = np.flatnonzero(rows[at:, column])
        if not len(below):
            continue
        pivot = at + int(below[0])
        rows[[at, pivot]] = rows[[pivot, at]]
        rows[at] = rows[at] * pow(int(rows[at, column]), PRIME - 2, PRIME) % PRIME
        factors = rows[:, column].copy()
        factors[at] = 0
        rows = (rows - factors[:, None] * rows[at] % PRIME) % PRIME
        firsts.append(column)
        if len(firsts) == len(rows):
            break
    return rows[: len(firsts)], firsts
