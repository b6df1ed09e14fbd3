"""The few words that all rooms share: periods, money, readings, column contracts, errors.

Imports nothing of ours and nothing heavy.
"""

from viaggio.kernel.column import Column, Contract, Kind
from viaggio.kernel.errors import (
    BadFile,
    BadMapping,
    BadPeriod,
    BadWorkspace,
    UnknownColumn,
    UnknownDimension,
    UnknownMetric,
    UnknownTable,
    ViaggioError,
)
from viaggio.kernel.money import Money, split
from viaggio.kernel.period import Period, utc_micros
from viaggio.kernel.population import DIMENSIONS, EVERYBODY, Population
from viaggio.kernel.reading import Direction, Estimate, Flag, Reading, Unit

__all__ = [
    "DIMENSIONS",
    "EVERYBODY",
    "BadFile",
    "BadMapping",
    "BadPeriod",
    "BadWorkspace",
    "Column",
    "Contract",
    "Direction",
    "Estimate",
    "Flag",
    "Kind",
    "Money",
    "Period",
    "Population",
    "Reading",
    "Unit",
    "UnknownColumn",
    "UnknownDimension",
    "UnknownMetric",
    "UnknownTable",
    "ViaggioError",
    "split",
    "utc_micros",
]
