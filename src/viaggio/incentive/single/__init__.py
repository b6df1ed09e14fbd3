"""Single sums of a plan by themselves: from plain texts to plain texts, as the faces ask and tell them.

A run does all of this in one go. Who checks one step of it (a day count, a credited value, a share of a pool,
a tax) asks for that step with the numbers of a statement and gets the same exact text.
"""

from viaggio.incentive.single.asked import Asked
from viaggio.incentive.single.crediting import coverage, credit, improvement
from viaggio.incentive.single.days import days
from viaggio.incentive.single.dividing import divide, recover, settle
from viaggio.incentive.single.explaining import explained
from viaggio.incentive.single.forecasting import forecast
from viaggio.incentive.single.hiding import hidden_cells
from viaggio.incentive.single.posting import posted
from viaggio.incentive.single.taxing import tax

__all__ = [
    "Asked",
    "coverage",
    "credit",
    "days",
    "divide",
    "explained",
    "forecast",
    "hidden_cells",
    "improvement",
    "posted",
    "recover",
    "settle",
    "tax",
]
