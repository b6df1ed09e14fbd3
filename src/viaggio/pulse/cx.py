"""What the six pillars weigh in the CX index: estimated, with equal weights as the stated fallback."""

from dataclasses import replace

import numpy as np

from viaggio.estimate.drivers import PillarWeights, pillar_weights
from viaggio.pulse.index import EQUAL, PILLARS, Answers
from viaggio.pulse.responses import responses_of

_SEED = 20260907
_MOST = 200_000
"""Responses beyond this add nothing to weights of two digits: every so-manieth is taken."""


def cx_weights(answers: Answers, *, replicates: int = 2) -> PillarWeights:
    """Relative importance of the pillars for recommendation, over every response that answers all of it.

    LMG shares, unweighted, of all the data, so that periods are put together alike; the same weights for
    every filter. Two replicates give no interval worth reading: ask `store.drivers` for that.
    """
    found = responses_of(answers)
    whole = np.isfinite(found.nps) & np.isfinite(found.pillars).all(axis=1)
    rows = np.flatnonzero(whole)
    rows = rows[:: max(1, -(-len(rows) // _MOST))]
    return pillar_weights(
        found.nps[rows], found.pillars[rows], tuple(map(str, PILLARS)), found.unit[rows],
        chance=np.random.default_rng(_SEED), replicates=replicates,
    )  # fmt: skip


def with_cx_weights(answers: Answers) -> Answers:
    """The index with the six weights, adding up to 1, by which the CX index is put together."""
    values = [weight.value for weight in cx_weights(answers).weights]
    known = tuple(float(value) for value in values if value is not None)
    return replace(answers, cx_weights=known if len(known) == len(PILLARS) else EQUAL)
