"""Control charts: is a series still what it was, and how long until a chart tells.

`shewhart` looks at each point by itself, `cumulative` adds up small drifts (CUSUM, EWMA), `runlength` says
how many points pass on average until an alarm, and which limits give the false-alarm rate that is wanted.
"""

from viaggio.estimate.control.constants import RangeConstants, c4, range_constants
from viaggio.estimate.control.cumulative import Cusum, Ewma, cusum, ewma
from viaggio.estimate.control.runlength import (
    cusum_limit,
    cusum_run_length,
    ewma_limit,
    ewma_run_length,
    shewhart_limit,
    shewhart_run_length,
)
from viaggio.estimate.control.shewhart import (
    Chart,
    Spread,
    count_chart,
    hits_chart,
    individuals_chart,
    mean_chart,
    overdispersed_share_chart,
    range_chart,
    rate_chart,
    share_chart,
    spread_chart,
)

__all__ = [
    "Chart",
    "Cusum",
    "Ewma",
    "RangeConstants",
    "Spread",
    "c4",
    "count_chart",
    "cusum",
    "cusum_limit",
    "cusum_run_length",
    "ewma",
    "ewma_limit",
    "ewma_run_length",
    "hits_chart",
    "individuals_chart",
    "mean_chart",
    "overdispersed_share_chart",
    "range_chart",
    "range_constants",
    "rate_chart",
    "share_chart",
    "shewhart_limit",
    "shewhart_run_length",
    "spread_chart",
]
