"""Sampling: strata, who is drawn, and with what probability."""

from dataclasses import dataclass

import numpy as np

from viaggio.pulse.fielding.model import Floats, Ints, Mask, Sample, Texts


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """Who is drawn, and each one's probability of it."""

    drawn: Mask
    probability: Floats


def sampled(sample: Sample, strata: Texts, chance: Floats, customer: Ints) -> Sampled:
    """Draw within each stratum: those under its rate, or the so many with the smallest numbers.

    Of equal numbers the smaller customer key goes first: the order of the rows plays no part. Rows of one
    customer share their number, so they are drawn together, and a size counts customers.
    """
    drawn = np.zeros(len(strata), np.bool_)
    probability = np.zeros(len(strata), np.float64)
    for stratum in sorted(set(strata.tolist())):
        inside = np.flatnonzero(strata == stratum)
        rate, size = _wanted(sample, stratum)
        if size is None:
            drawn[inside] = chance[inside] < rate
            probability[inside] = rate
        else:
            who, first, member = np.unique(customer[inside], return_index=True, return_inverse=True)
            order = np.lexsort((who, chance[inside][first]))
            chosen = np.zeros(len(who), np.bool_)
            chosen[order[:size]] = True
            drawn[inside] = chosen[member]
            probability[inside] = min(size / len(who), 1.0)
    return Sampled(drawn, probability)


def _wanted(sample: Sample, stratum: str) -> tuple[float, int | None]:
    """Rate and size for a stratum; the size decides where there is one."""
    if stratum in sample.rates:
        return sample.rates[stratum], None
    if stratum in sample.sizes:
        return 0.0, sample.sizes[stratum]
    return (0.0, sample.size) if sample.size is not None else (sample.rate or 0.0, None)
