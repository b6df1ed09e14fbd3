"""What happened: touchpoints, channels, interactions, phases; the journey index and its kernels.

The questions work on the index of a workspace and on any table of interactions:
`viaggio.journey.transitions(table).table()`. They are imported when first used, as they bring in numba.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viaggio.journey.comparison import compare_groups, distinguishes
    from viaggio.journey.design import Design, Step, design_from_bpmn, design_from_csv
    from viaggio.journey.index import Bucket, Codes, Journeys, MemoryJourneys
    from viaggio.journey.intake import BadColumn, TableJourneys, Taken, from_table
    from viaggio.journey.keeping import what_if
    from viaggio.journey.kernels.funnel.definition import Entry, Exclusion, Stage
    from viaggio.journey.kinds import InteractionKind
    from viaggio.journey.path_questions import attribute, attribution, flow, paths, sub_paths, variants
    from viaggio.journey.progress import drop_off, funnel, leaving, loops, retention, return_curve
    from viaggio.journey.questions import (
        conformance,
        phase_flow,
        sessions,
        step_times,
        touchpoint_steps,
        transitions,
        visits,
    )
    from viaggio.journey.where import Where

_HOMES = {
    "comparison": ("compare_groups", "distinguishes"),
    "design": ("Design", "Step", "design_from_bpmn", "design_from_csv"),
    "intake": ("BadColumn", "TableJourneys", "Taken", "from_table"),
    "index": ("Bucket", "Codes", "Journeys", "MemoryJourneys"),
    "keeping": ("what_if",),
    "kernels.funnel.definition": ("Entry", "Exclusion", "Stage"),
    "kinds": ("InteractionKind",),
    "path_questions": ("attribute", "attribution", "flow", "paths", "sub_paths", "variants"),
    "progress": ("drop_off", "funnel", "leaving", "loops", "retention", "return_curve"),
    "questions": (
        "conformance",
        "phase_flow",
        "sessions",
        "step_times",
        "touchpoint_steps",
        "transitions",
        "visits",
    ),
    "where": ("Where",),
}

__all__ = [
    "BadColumn",
    "Bucket",
    "Codes",
    "Design",
    "Entry",
    "Exclusion",
    "InteractionKind",
    "Journeys",
    "MemoryJourneys",
    "Stage",
    "Step",
    "TableJourneys",
    "Taken",
    "Where",
    "attribute",
    "attribution",
    "compare_groups",
    "conformance",
    "design_from_bpmn",
    "design_from_csv",
    "distinguishes",
    "drop_off",
    "flow",
    "from_table",
    "funnel",
    "leaving",
    "loops",
    "paths",
    "phase_flow",
    "retention",
    "return_curve",
    "sessions",
    "step_times",
    "sub_paths",
    "touchpoint_steps",
    "transitions",
    "variants",
    "visits",
    "what_if",
]


def __getattr__(name: str) -> Any:
    """Import a name when it is first used."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"viaggio.journey.{home}"), name)
    raise AttributeError(f"module 'viaggio.journey' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
