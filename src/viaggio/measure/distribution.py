"""How the answers to one question are spread: the share of each, with an interval that knows of accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from viaggio.kernel import Estimate
from viaggio.measure.clusters import top

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One answer: how many gave it (persons too), and its share of all answers."""

    value: float
    n: int
    people: int
    share: Estimate


def shares(
    values: npt.ArrayLike, units: npt.ArrayLike, people: npt.ArrayLike, steps: Sequence[float] | None = None
) -> list[Share]:
    """The share of each value, ascending; `steps` names values to be listed though nobody gave them.

    `units` are the sampled units and `people` the persons, one code per answer. Wilson's interval at the
    effective base: answers of one unit go together.
    """
    given = np.asarray(values, np.float64)
    unit = np.unique(np.asarray(units), return_inverse=True)[1]
    who = np.asarray(people)
    size = np.bincount(unit).astype(np.float64)
    wanted = np.unique(np.concatenate([given, np.asarray(steps or [], np.float64)]))
    found = []
    for value in wanted.tolist():
        hit = given == value
        of_unit = np.bincount(unit[hit], minlength=len(size)).astype(np.float64)
        share = top([_part(size, of_unit)])
        found.append(Share(value=value, n=int(hit.sum()), people=len(np.unique(who[hit])), share=share))
    return found


def _part(size: Floats, hits: Floats) -> Mapping[str, Any]:
    """The sums of a cell in which each answer is 1 or 0 and counts once; as the walk gives them."""
    n, given = float(size.sum()), float(hits.sum())
    return {
        "n": int(n), "units": len(size), "outside": 0, "left_out": 0, "w": n, "y": given, "yy1": given,
        "ww": float(size @ size), "wy": float(size @ hits), "yy": float(hits @ hits), "q": n,
        "qq": float(size @ size), "wq": float(size @ size), "scale_min": 0.0, "scale_max": 1.0,
    }  # fmt: skip
