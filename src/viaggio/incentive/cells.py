"""Privacy cells: no figure of very few people or answers, nor one from which it could be derived."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A unit's own figure: people in it, answers about it, its value."""

    headcount: int
    n: int
    value: Fraction


def too_small(cell: Cell, *, headcount: int, responses: int) -> bool:
    """Whether a cell may neither be paid on nor shown by itself."""
    return cell.headcount < headcount or cell.n < responses


def parent_of(cells: Mapping[str, Cell]) -> Cell:
    """All answers of the units together."""
    n = sum(cell.n for cell in cells.values())
    total = sum((cell.n * cell.value for cell in cells.values()), Fraction(0))
    return Cell(
        headcount=sum(c.headcount for c in cells.values()), n=n, value=total / n if n else Fraction(0)
    )


def hidden(cells: Mapping[str, Cell], *, headcount: int, responses: int) -> tuple[list[str], list[str]]:
    """Units hidden for themselves, and those hidden with them so that nobody can subtract.

    While the hidden ones together are a single unit, or still too small, the next smallest is hidden too
    (complementary suppression): parent less the shown ones then tells only of a group that may be shown.
    """
    small = sorted(n for n, c in cells.items() if too_small(c, headcount=headcount, responses=responses))
    if not small:
        return [], []
    also: list[str] = []
    others = sorted((name for name in cells if name not in small), key=lambda name: (cells[name].n, name))
    while others:
        group = parent_of({name: cells[name] for name in [*small, *also]})
        if len(small) + len(also) > 1 and not too_small(group, headcount=headcount, responses=responses):
            break
        also.append(others.pop(0))
    return small, sorted(also)
