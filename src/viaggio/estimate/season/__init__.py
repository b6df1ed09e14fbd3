"""Trend and season of a series: does it rise, how fast, what repeats every year, what remains."""

from viaggio.estimate.season.loess import Decomposition, decompose
from viaggio.estimate.season.memory import LjungBox, autocorrelation, ljung_box
from viaggio.estimate.season.smoothing import Smoothed, holt_winters, smooth
from viaggio.estimate.season.trend import Kendall, Line, kendall_trend, line_trend, sen_slope

__all__ = [
    "Decomposition",
    "Kendall",
    "Line",
    "LjungBox",
    "Smoothed",
    "autocorrelation",
    "decompose",
    "holt_winters",
    "kendall_trend",
    "line_trend",
    "ljung_box",
    "sen_slope",
    "smooth",
]
