"""Several tables of the same people: no small group may follow from them by subtraction."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from viaggio.incentive.cells import Cell, hidden

Groups = Mapping[str, frozenset[str]]
"""Members of each group of a table; the groups of one table have none in common."""

Count = Callable[[frozenset[str]], int]
"""How many people a group's members are: a person with several stays has several members."""


def hidden_groups(tables: Sequence[Groups], least: int, people: Count = len) -> list[set[str]]:
    """Of each table the groups to hide, when everybody together is known as well.

    First each table by itself (small groups, and the next smallest with them). Then, while the shown groups
    of one table leave between one and `least` - 1 people of a shown group of another table, or of everybody,
    the smallest of those that were subtracted is hidden too.
    """
    gone = [_by_itself(table, least, people) for table in tables]
    everybody = frozenset().union(*(group for table in tables for group in table.values()))
    while (found := _betrayed(tables, gone, everybody, least, people)) is not None:
        place, name = found
        gone[place].add(name)
    return gone


def _by_itself(table: Groups, least: int, people: Count) -> set[str]:
    sizes = {
        name: Cell(headcount=people(group), n=people(group), value=Fraction(0))
        for name, group in table.items()
    }
    small, also = hidden(sizes, headcount=least, responses=0)
    return {*small, *also}


def _betrayed(
    tables: Sequence[Groups],
    gone: Sequence[set[str]],
    everybody: frozenset[str],
    least: int,
    people: Count,
) -> tuple[int, str] | None:
    """The next group to hide: its table and name; None when nothing small can be had."""
    shown = [
        {name: group for name, group in table.items() if name not in gone[place]}
        for place, table in enumerate(tables)
    ]
    wholes = [everybody, *(group for table in shown for group in table.values())]
    for place, table in enumerate(shown):
        for whole in wholes:
            parts = {name: group for name, group in table.items() if group < whole}
            left = whole.difference(*parts.values())
            if parts and 0 < people(left) < least:
                return place, min(parts, key=lambda name: (people(parts[name]), name))
    return None
