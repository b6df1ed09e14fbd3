"""Which figures of a funnel are told to people who see no persons."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from viaggio.journey.kernels.funnel.results import Funnel, FunnelStep
from viaggio.journey.spread import TimeBin
from viaggio.web.shared.withheld import Sum, is_small, withheld

WHOLE = ""


@dataclass(frozen=True, slots=True)
class FunnelTold:
    """What is withheld: (`reached` or `stopped`, segment, step) and (`next`, step, target)."""

    withheld: frozenset[Hashable]

    def reached(self, step: int, group: str | None = WHOLE) -> bool:
        """Whether it is told how many reach a step."""
        return ("reached", group, step) not in self.withheld

    def stopped(self, step: int, group: str | None = WHOLE) -> bool:
        """Whether it is told how many stop there."""
        return ("stopped", group, step) not in self.withheld

    def next(self, step: int, target: str | None) -> bool:
        """Whether it is told how many go on there."""
        return ("next", step, target) not in self.withheld

    def of_all(self, step: int, group: str | None = WHOLE) -> bool:
        """Whether the share of the first step is told: it says both numbers."""
        return self.reached(step, group) and self.reached(1, group)

    def of_before(self, step: int, group: str | None = WHOLE) -> bool:
        """Whether the share of the step before is told."""
        return self.reached(step, group) and (step == 1 or self.reached(step - 1, group))


def told_of(found: Funnel, minimum: int) -> FunnelTold:
    """Nothing small is told, and nothing from which it follows.

    reached = stopped + reached at the next step; segments sum to the whole, step by step; who stops goes on
    to one of the touchpoints of `next`, or leaves.
    """
    cells: dict[Hashable, float] = {}
    sums: list[Sum] = []
    for group, steps in ((WHOLE, found.steps), *((g.segment, g.steps) for g in found.segments)):
        _add_steps(cells, sums, ("segment", group) if group != WHOLE else WHOLE, steps)
    names = [("segment", g.segment) for g in found.segments]
    sums += [
        Sum((kind, WHOLE, step.step), tuple((kind, name, step.step) for name in names))
        for step in (found.steps if names else ())
        for kind in ("reached", "stopped")
    ]
    for step in found.steps[:-1]:
        nexts: dict[Hashable, float] = {
            ("next", n.step, n.target): n.count for n in found.next if n.step == step.step
        }
        cells |= nexts
        sums.append(Sum(("stopped", WHOLE, step.step), tuple(nexts)))
    hidden = withheld(cells, sums, minimum)
    return FunnelTold(frozenset(_plain(cell) for cell in hidden))


def _add_steps(
    cells: dict[Hashable, float], sums: list[Sum], group: Hashable, steps: Sequence[FunnelStep]
) -> None:
    for step in steps:
        here: Hashable = ("reached", group, step.step)
        ends: Hashable = ("stopped", group, step.step)
        cells[here], cells[ends] = step.reached, step.stopped
        after = (("reached", group, step.step + 1),) if step.step < len(steps) else ()
        sums.append(Sum(here, (ends, *after)))


def _plain(cell: Hashable) -> Hashable:
    """A cell by the segment's own name."""
    match cell:
        case (kind, ("segment", name), step):
            return (kind, name, step)
        case _:
            return cell


def bins_told(bins: Sequence[TimeBin], minimum: int) -> list[TimeBin]:
    """Neighbouring bins put together until none tells of few."""
    found: list[TimeBin] = []
    for one in bins:
        if found and is_small(found[-1].count, minimum):
            last = found.pop()
            found.append(TimeBin(last.from_seconds, one.to_seconds, last.count + one.count))
        else:
            found.append(one)
    while len(found) > 1 and is_small(found[-1].count, minimum):
        last, before = found.pop(), found.pop()
        found.append(TimeBin(before.from_seconds, last.to_seconds, before.count + last.count))
    return found
