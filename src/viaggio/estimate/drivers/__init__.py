"""Which experiences go with an outcome, how strongly, and how sure that is. Association, never cause.

`importance` splits the explained variance between drivers, `pillars` turns it into weights with intervals,
`regression`, `ordinal` and `logit` fit models, `asymmetry` asks whether good and bad weigh alike.
"""

from viaggio.estimate.drivers.importance import Importance, coefficients_by_size, covariance, importance
from viaggio.estimate.drivers.pillars import PillarWeights, Reason, pillar_weights

__all__ = [
    "Importance",
    "PillarWeights",
    "Reason",
    "coefficients_by_size",
    "covariance",
    "importance",
    "pillar_weights",
]
