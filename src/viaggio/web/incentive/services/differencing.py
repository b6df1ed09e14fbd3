"""What follows from several tables of totals at once, and which cells must be hidden so that it does not.

Each shown cell is a sum over known people. The sum of a group follows from the shown ones exactly when its
people are a linear combination of theirs. Tables that are harmless each for itself can give a small group
away together, and by longer ways than one subtraction; here every way is looked at.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

type Group = frozenset[str]
type Row = list[int]

PRIME = 2**61 - 1
"""Rows are reduced modulo a prime: what follows over fractions follows here too."""

MOST_WAYS = 200_000
"""So many combinations are tried; of two rows all are, however many there be."""


def closed(
    tables: Sequence[Mapping[str, Group]], hidden: Sequence[Iterable[str]], least: int
) -> list[set[str]]:
    """Of each table the groups to hide, so that no group of fewer than `least` people follows.

    `hidden` are those hidden already; the total of everybody is known. The smallest cell that closes a leak
    is hidden, until there is none.
    """
    gone = [set(some) for some in hidden]
    everybody = frozenset(one for table in tables for group in table.values() for one in group)
    while True:
        shown = {
            (at, name): group
            for at, table in enumerate(tables)
            for name, group in table.items()
            if name not in gone[at] and group != everybody
        }
        leak = leaking(everybody, list(shown.values()), least)
        if leak is None:
            return gone
        at, name = _closing(everybody, shown, leak)
        gone[at].add(name)


def leaking(everybody: Group, shown: Sequence[Group], least: int) -> Group | None:
    """A group of fewer than `least` people that follows from the shown ones and everybody; None without.

    In a reduced echelon form a combination has the coefficient of a row at its first column. So a small
    group is the sum of as many rows as it has first columns: fewer than `least`.
    """
    atoms = _atoms(everybody, shown)
    rows = _reduced_rows(atoms, [everybody, *shown])
    for picked in _ways(rows, least):
        added = [sum(column) % PRIME for column in zip(*picked, strict=True)]
        if set(added) <= {0, 1}:
            found = frozenset[str]().union(*(a for a, v in zip(atoms, added, strict=True) if v))
            if 0 < len(found) < least:
                return found
    return None


def _ways(rows: Sequence[Row], least: int) -> Iterator[tuple[Row, ...]]:
    tried = 0
    for size in range(1, least):
        for picked in combinations(rows, size):
            tried += 1
            if tried > MOST_WAYS and size > 2:
                return
            yield picked


def _closing(everybody: Group, shown: Mapping[tuple[int, str], Group], leak: Group) -> tuple[int, str]:
    """The smallest cell without which the leak does not follow; else the smallest of all."""
    ordered = sorted(shown, key=lambda place: (len(shown[place]), place))
    for place in ordered:
        rest = [everybody, *(group for other, group in shown.items() if other != place)]
        atoms = _atoms(everybody, [*rest, leak])
        rows = _reduced_rows(atoms, rest)
        if len(_reduced_rows(atoms, [*rest, leak])) > len(rows):
            return place
    return ordered[0]


def _atoms(everybody: Group, groups: Iterable[Group]) -> list[Group]:
    """People who are in the same groups throughout, together."""
    listed = list(groups)
    kinds: dict[tuple[bool, ...], set[str]] = {}
    for person in everybody:
        kinds.setdefault(tuple(person in group for group in listed), set()).add(person)
    return sorted((frozenset(some) for some in kinds.values()), key=sorted)


def _reduced_rows(atoms: Sequence[Group], groups: Iterable[Group]) -> list[Row]:
    """The groups as rows over the atoms in reduced echelon form, modulo the prime."""
    rows = [[int(atom <= group) for atom in atoms] for group in groups]
    found = 0
    for column in range(len(atoms)):
        pivot = next((at for at in range(found, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        scale = pow(rows[found][column], PRIME - 2, PRIME)
        rows[found] = [value * scale % PRIME for value in rows[found]]
        for at, row in enumerate(rows):
            if at != found and row[column]:
                factor = row[column]
                rows[at] = [(a - factor * b) % PRIME for a, b in zip(row, rows[found], strict=True)]
        found += 1
    return rows[:found]
