"""Who is missing: response rates by group, and which differ from the others more than chance explains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from viaggio.estimate.differences import chi_square, fisher_exact
from viaggio.estimate.multiplicity import adjusted
from viaggio.estimate.shares import share_bounds

RATE = 0.05
"""False alarms, over all groups of a wave together (Benjamini and Hochberg)."""
MOST = 20
"""Groups of one dimension that are shown; the smallest of more are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Those asked in one group and those of them who answered to the end.

    `low` and `high` bound the rate at 95 % (Wilson); `far` is -1 where they answer less than the others by
    the test, 1 where more. `hidden`: too few to show without pointing at persons.
    """

    label: str
    asked: int
    complete: int
    href: str = ""
    low: float = 0.0
    high: float = 1.0
    far: int = 0
    hidden: bool = False

    @property
    def rate(self) -> float:
        """Response rate, 0 to 1."""
        return self.complete / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The groups of one dimension, largest first; `left_out` says how many more there are."""

    name: str
    groups: tuple[Group, ...]
    left_out: int


def cuts_of(found: Mapping[str, Sequence[Group]], *, minimum: int) -> list[Cut]:
    """The dimensions with intervals, marks and hidden cells; those with a single group tell nothing."""
    split = {name: sorted(groups, key=lambda g: (-g.asked, g.label)) for name, groups in found.items()}
    split = {name: groups for name, groups in split.items() if len(groups) > 1}
    flat = [(name, place) for name, groups in split.items() for place in range(len(groups))]
    tests = adjusted([_probability(split[name], place) for name, place in flat])
    marks = {key: test is not None and test <= RATE for key, test in zip(flat, tests, strict=True)}
    return [_cut(name, groups, marks, minimum) for name, groups in split.items()]


def _cut(name: str, groups: list[Group], marks: Mapping[tuple[str, int], bool], minimum: int) -> Cut:
    gone = _hidden(groups, minimum)
    shown = []
    for place, group in enumerate(groups[:MOST]):
        if place in gone:
            shown.append(Group(label=group.label, asked=0, complete=0, hidden=True))
            continue
        low, high = share_bounds(group.complete, group.asked)
        far = _side(groups, place) if marks[name, place] else 0
        shown.append(replace(group, low=low, high=high, far=far))
    return Cut(name=name, groups=tuple(shown), left_out=max(len(groups) - MOST, 0))


def _rest(groups: Sequence[Group], place: int) -> tuple[int, int]:
    """Answered and asked of all other groups."""
    others = [group for other, group in enumerate(groups) if other != place]
    return sum(group.complete for group in others), sum(group.asked for group in others)


def _side(groups: Sequence[Group], place: int) -> int:
    complete, asked = _rest(groups, place)
    return 1 if groups[place].rate > complete / asked else -1


def _probability(groups: Sequence[Group], place: int) -> float | None:
    """Of a difference from the others by chance alone: chi-square, or Fisher's exact test in small cells."""
    mine = (groups[place].complete, groups[place].asked)
    rest = _rest(groups, place)
    if not mine[1] or not rest[1]:
        return None
    share = (mine[0] + rest[0]) / (mine[1] + rest[1])
    least = min(mine[1], rest[1]) * min(share, 1 - share)
    return fisher_exact(mine, rest) if least < 5 else chi_square(mine, rest).probability


def _hidden(groups: Sequence[Group], minimum: int) -> set[int]:
    """Places of the small groups, and of so many more that none comes out by subtraction."""
    gone = {place for place, group in enumerate(groups) if group.asked < minimum}
    left = [place for place in range(len(groups) - 1, -1, -1) if place not in gone]
    while gone and left and (len(gone) < 2 or sum(groups[place].asked for place in gone) < minimum):
        gone.add(left.pop(0))
    return gone
