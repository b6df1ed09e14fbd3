"""A run: a plan, people and results become awards, line by line, each with its reasons.

`calculate` is the pipeline S1 to S12 in one fixed order; everything it reads is in `Inputs`, whose canonical
JSON is the snapshot, so the same inputs give the same outcome on every machine.
"""

from viaggio.incentive.run.model import (
    Award,
    Away,
    Cell,
    CellScore,
    Excluded,
    Frozen,
    Hold,
    Inputs,
    Line,
    Outcome,
    Person,
    Placement,
    Result,
    Status,
    Stratum,
    Window,
)
from viaggio.incentive.run.pipeline import calculate
from viaggio.incentive.run.snapshot import snapshot_hash, snapshot_text

__all__ = [
    "Award",
    "Away",
    "Cell",
    "CellScore",
    "Excluded",
    "Frozen",
    "Hold",
    "Inputs",
    "Line",
    "Outcome",
    "Person",
    "Placement",
    "Result",
    "Status",
    "Stratum",
    "Window",
    "calculate",
    "snapshot_hash",
    "snapshot_text",
]
