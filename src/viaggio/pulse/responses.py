"""One row per response: what it recommends, its pillars, who gave it. What drivers are estimated from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.pulse.index import FIRST_PILLAR, PILLARS, Answers, Array, Whole

Floats = npt.NDArray[np.float64]
NPS_SCALE = (0.0, 10.0)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Responses:
    """Arrays with one place per response; NaN where it did not answer.

    `nps` is the answer from 0 to 10, `pillars` (responses, 6) the means of items, 0 to 100; `weight` is 1
    without a scheme. `first` is the row of its first answer in the index.
    """

    unit: Whole
    customer: Whole
    time: Whole
    nps: Floats
    pillars: Floats
    weight: Floats
    first: Whole


def responses_of(answers: Answers, keep: Array | None = None, scheme: str = "none") -> Responses:
    """Responses with any answer that `keep` lets through (one number per answer; None or empty: all)."""
    columns = answers.columns
    many = len(answers.response_starts) - 1
    response = np.repeat(np.arange(many), np.diff(answers.response_starts))
    low = np.array([scale[0] for scale in answers.scales] or [0.0])[columns["scale"]]
    high = np.array([scale[1] for scale in answers.scales] or [0.0])[columns["scale"]]
    valid = (low < high) & (columns["value"] >= low) & (columns["value"] <= high)
    if keep is not None and len(keep):
        valid &= keep.astype(np.bool_)
    recommends = valid & (columns["kind"] == 0) & (low == NPS_SCALE[0]) & (high == NPS_SCALE[1])
    nps = _means(response[recommends], columns["value"][recommends], many)
    pillars = np.empty((many, len(PILLARS)))
    for place in range(len(PILLARS)):
        mine = valid & (columns["kind"] == FIRST_PILLAR + place)
        scaled = 100 * (columns["value"][mine] - low[mine]) / (high[mine] - low[mine])
        pillars[:, place] = _means(response[mine], scaled, many)
    first = answers.response_starts[:-1]
    weight = np.ones(many) if scheme == "none" else np.nan_to_num(answers.weights[scheme][first])
    any_kept = np.bincount(response[valid], minlength=many) > 0
    return Responses(
        unit=columns["psu"][first][any_kept], customer=columns["customer"][first][any_kept],
        time=columns["time"][first][any_kept], nps=nps[any_kept], pillars=pillars[any_kept],
        weight=weight[any_kept], first=first[any_kept],
    )  # fmt: skip


def _means(response: Whole, values: Floats, many: int) -> Floats:
    """The mean per response, NaN where there is none."""
    counts = np.bincount(response, minlength=many)
    sums = np.bincount(response, values, minlength=many)
    with np.errstate(invalid="ignore"):
        means: Floats = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return means
