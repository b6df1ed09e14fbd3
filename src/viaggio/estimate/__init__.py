"""How sure we are: intervals of scores, means, shares and ratios. Design-free: one answer, one weight.

Every function takes counts and exact sums and gives an `Estimate`; none gives NaN, none invents a value.
"""

from viaggio.estimate.rules import LEVEL, mean, no_data, nps, nps_score_interval, ratio, share, total, wilson

__all__ = ["LEVEL", "mean", "no_data", "nps", "nps_score_interval", "ratio", "share", "total", "wilson"]
