"""From what was seen in each cell to findings: the rate of false flags is held over all cells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from viaggio.estimate.multiplicity import Multiplicity, adjusted
from viaggio.incentive.detectors.model import Detector, Exclusion, Finding, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen in a cell; `large`: the effect by itself is large enough; no `p`: nothing to test.

    Not `tried`: something else than what p tests rules the cell out, so it is quiet and not counted.
    """

    cell: str
    statistic: float | None
    p: float | None
    large: bool
    tried: bool = True
    values: Mapping[str, float | str] = field(default_factory=dict)
    excludes: tuple[Exclusion, ...] = ()
    responses: tuple[str, ...] = ()


def judged(detector: Detector, cells: Iterable[Seen], *, level: float, rate: float) -> tuple[Finding, ...]:
    """Flagged: a large effect with p below the level, and the adjusted p below the rate of false flags.

    Adjusted over the cells (Benjamini and Hochberg 1995): of all flags at most `rate` are false on average.
    """
    seen = list(cells)
    over_all = adjusted([one.p if one.tried else None for one in seen], Multiplicity.BH)
    found = []
    for one, q in zip(seen, over_all, strict=True):
        state = State.NO_DATA
        if one.p is not None:
            below = one.p < level and q is not None and q < rate
            state = State.FLAGGED if one.large and below else State.QUIET
        found.append(Finding(
            detector=detector, cell=one.cell, state=state, statistic=one.statistic, p=one.p, adjusted=q,
            values=one.values, excludes=one.excludes, responses=one.responses,
        ))  # fmt: skip
    return tuple(found)


def no_data(detector: Detector, cell: str, without: str) -> Finding:
    """The facts lack what the detector needs."""
    return Finding(detector=detector, cell=cell, state=State.NO_DATA, values={"without": without})


def smallest(tests: Mapping[str, float]) -> tuple[str, float]:
    """The most telling of several tests of one cell with its p, times the number of tests (Bonferroni)."""
    name = min(tests, key=lambda one: tests[one])
    return name, min(1.0, len(tests) * tests[name])
