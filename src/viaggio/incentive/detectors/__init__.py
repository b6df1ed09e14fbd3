"""Detectors of gaming: each gives a statistic and whether it asks for a look. A flag never changes pay.

`look` runs all ten over the signals of all cells; each detector is a pure function in a file of its own.
"""

from viaggio.incentive.detectors.looking import look
from viaggio.incentive.detectors.model import Detector, Exclusion, Finding, Limits, Reason, State
from viaggio.incentive.detectors.signals import Signals

__all__ = ["Detector", "Exclusion", "Finding", "Limits", "Reason", "Signals", "State", "look"]
