"""What if fewer customers left at one place? Solved exactly on the chain of moves, with its assumptions.

The chain has the places that attempts go through and three ends: the goal, leaving, still open. With the
counted shares as chances it gives back exactly the counted conversions, so every change shown is a change
against what happened. It is assumed that

- what comes next depends on the place only, not on the way there (first order);
- those who are kept go on as the others do who go on from that place;
- nothing else changes, and attempts do not influence each other.

The interval is that of the counted shares (delta method on independent multinomial rows): it says how sure
the change is *under* the assumptions, not how true they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from viaggio.estimate import wilson
from viaggio.journey.chain import AbsorbingChain
from viaggio.journey.kernels.leaving import Leaving, LeavingPlace
from viaggio.journey.rows import arrow_table
from viaggio.kernel import ViaggioError

Matrix = npt.NDArray[np.float64]
_GOAL, _LEFT = 0, 1
_HALF_WIDTH = NormalDist().inv_cdf((1 + 0.95) / 2)
_NEVER = 1e-9
"""A smaller chance to get away from a place is a rounding error of none."""


class BadWhatIf(ViaggioError):
    """A change that can not be: of a share that is none, or at a place where nobody was."""

    code = "journey.what_if.bad"


@dataclass(frozen=True, slots=True)
class WhatIfPlace:
    """One place, and what follows if the share `fewer` of those who leave there went on instead.

    `leave_share`: visits that end by leaving, with Wilson's interval. `reach`: chance to reach the goal from
    there, with its interval. `change`: conversions more, with its interval; `conversions`: then; `steps`:
    mean interactions of an attempt then. They are None where nobody shows where to go: all leave, or else
    come back for ever.
    """

    name: str | None
    visits: int
    left: int
    leave_share: float
    leave_low: float
    leave_high: float
    reach: float
    reach_low: float
    reach_high: float
    conversions: float | None
    change: float | None
    change_low: float | None
    change_high: float | None
    steps: float | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Changes place by place, each on its own, the greatest first. `converted`, `steps`: as they are now."""

    fewer: float
    attempts: int
    converted: int
    steps: float
    places: tuple[WhatIfPlace, ...]

    def table(self) -> pa.Table:
        """One line per place."""
        return arrow_table(self.places, WhatIfPlace)


def what_if(leaving: Leaving, *, fewer: float = 0.1, at: Sequence[str | None] | None = None) -> WhatIf:
    """What changes if a share `fewer` of those who leave a place went on: for each place in `at`, or any.

    `fewer`: 0 to 1.

    Raises `BadWhatIf` for another share, and for a place that no attempt goes through.
    """
    if not 0 <= fewer <= 1:
        raise BadWhatIf(f"a share of {fewer:g} fewer", hint="Between 0 and 1; 10 % is 0.1.")
    known = {place.name for place in leaving.places}
    if missing := [name for name in at or () if name not in known]:
        raise BadWhatIf(f"no attempt goes through '{missing[0]}'", hint=f"Known: {_list(known)}.")
    chain = _Chain.of(leaving)
    rows = [
        _row(leaving, chain, number, place, fewer)
        for number, place in enumerate(leaving.places, start=1)
        if at is None or place.name in at
    ]
    return WhatIf(
        fewer,
        leaving.attempts,
        leaving.converted,
        float(chain.solved.steps[0]) - 1 + _final_step(leaving) if leaving.attempts else 0.0,
        tuple(sorted(rows, key=lambda row: (row.change is None, -(row.change or 0.0), row.name or ""))),
    )


def _list(known: set[str | None]) -> str:
    return ", ".join(sorted(name for name in known if name)) or "none"


def _final_step(leaving: Leaving) -> float:
    """The goal itself is an interaction too, for those who reach it."""
    return leaving.converted / leaving.attempts


@dataclass(frozen=True, eq=False)
class _Chain:
    """State 0 is the start of an attempt, then the places; `counts`: rows that each share was counted on."""

    stay: Matrix
    end: Matrix
    counts: Matrix
    solved: AbsorbingChain

    @classmethod
    def of(cls, leaving: Leaving) -> "_Chain":
        state = {place.name: number for number, place in enumerate(leaving.places, start=1)}
        stay = np.zeros((len(state) + 1, len(state) + 1))
        end = np.zeros((len(state) + 1, 3))
        end[0, _GOAL] = leaving.at_once
        for place in leaving.places:
            stay[0, state[place.name]] = place.starts
            end[state[place.name]] = place.goal, place.left, place.open
        for move in leaving.moves:
            stay[state[move.origin], state[move.target]] = move.moves
        counts = stay.sum(axis=1) + end.sum(axis=1)
        solved = AbsorbingChain.of_counts(stay, end)
        return cls(solved.stay, solved.end, counts, solved)


def _row(leaving: Leaving, chain: _Chain, number: int, place: LeavingPlace, fewer: float) -> WhatIfPlace:
    low, high = wilson(place.left, place.visits)
    reach = float(chain.solved.ends[number, _GOAL])
    wide = _HALF_WIDTH * _reach_error(chain, number)
    then = _change(chain, number, fewer) if place.left < place.visits else None
    shown: tuple[float | None, ...] = (None,) * 5
    if then:
        change, error, steps = then
        half = _HALF_WIDTH * error
        n = leaving.attempts
        shown = (leaving.converted + n * change, n * change, n * (change - half), n * (change + half), steps)
    share = place.left / place.visits
    return WhatIfPlace(
        place.name, place.visits, place.left, share, low, high,
        reach, max(reach - wide, 0.0), min(reach + wide, 1.0), *shown,
    )  # fmt: skip


def _reach_error(chain: _Chain, number: int) -> float:
    """The standard error of the chance to reach the goal from a state, by the delta method.

    Row r of the chances moves it by visits(number, r) times what each next state is worth: its own chance to
    reach the goal (the derivative of (I - Q)^-1 R); the rows are independent multinomials.
    """
    reach = chain.solved.ends[:, _GOAL]
    shares = np.concatenate((chain.stay, chain.end), axis=1)
    worth = np.concatenate((reach, [1.0, 0.0, 0.0]))
    spread = np.maximum(shares @ worth**2 - (shares @ worth) ** 2, 0.0)
    return float(np.sqrt((chain.solved.visits[number] ** 2 * spread / chain.counts).sum()))


def _change(chain: _Chain, m: int, fewer: float) -> tuple[float, float, float] | None:
    """Change of the chance to convert when row m changes, its standard error, and the steps then.

    None where those who are kept would never come to an end.

    Leaving falls to (1 - fewer) q, the others grow by the factor s. With N the expected visits, b the chances
    to convert and d the change of row m, b' = b + N[:, m] (d b) / (1 - d N[:, m]) (Sherman, Morrison 1950).
    """
    visits, reach = chain.solved.visits, chain.solved.ends[:, _GOAL]
    q = chain.end[m, _LEFT]
    grow = (1 - (1 - fewer) * q) / (1 - q)
    moved = chain.stay[m] * (grow - 1)
    whole = 1 - moved @ visits[:, m]
    if whole < _NEVER:
        return None
    gained = (chain.end[m, _GOAL] * (grow - 1) + moved @ reach) / whole
    reach_then = reach + visits[:, m] * gained
    start_then = visits[0] + visits[0, m] * (moved @ visits) / whole
    ends = np.array([1.0, 0.0, 0.0])  # only the goal counts
    now = np.outer(visits[0], np.concatenate((reach, ends)))
    then = np.outer(start_then, np.concatenate((reach_then, ends)))
    then[m] *= grow
    onward = chain.stay[m] @ reach_then + chain.end[m, _GOAL]
    then[m, len(reach) + _LEFT] = start_then[m] * fewer / (1 - q) ** 2 * onward
    shares = np.concatenate((chain.stay, chain.end), axis=1)
    slope = then - now  # how the change moves with each counted share
    spread = (shares * slope**2).sum(axis=1) - (shares * slope).sum(axis=1) ** 2
    error = float(np.sqrt(max((spread / chain.counts).sum(), 0.0)))
    change = float(reach_then[0] - reach[0])
    return change, error, float(start_then.sum() - 1 + reach_then[0])
