"""Viaggio analyses, measures and rewards the customer's journey with a company.

`import viaggio as vg` gives the rooms' doors on tables, without a workspace:
`vg.journey.phase_flow(interactions)`, `vg.measure.read("nps", answers=table)`.
A room is imported when it is first used, so that the import itself stays light.
"""

from importlib import import_module
from types import ModuleType

__version__ = "0.1.0"

_ROOMS = ("customer", "demo", "estimate", "incentive", "journey", "kernel", "measure", "pulse", "voice")

__all__ = [
    "__version__",
    "customer",
    "demo",
    "estimate",
    "incentive",
    "journey",
    "kernel",
    "measure",
    "pulse",
    "voice",
]


def __getattr__(name: str) -> ModuleType:
    """Import a room when it is first used."""
    if name in _ROOMS:
        return import_module(f"viaggio.{name}")
    raise AttributeError(f"module 'viaggio' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
