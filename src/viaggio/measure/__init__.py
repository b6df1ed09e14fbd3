"""Measuring: the metric catalogue, and figures from tables without a workspace.

`read("nps", answers=table)` takes Arrow, pandas, Polars or Ibis tables. The door opens when first used,
because it needs Ibis.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viaggio.measure.catalogue import CATALOGUE, metric
    from viaggio.measure.notebook import read

__all__ = ["CATALOGUE", "metric", "read"]

_ROOMS = {"CATALOGUE": "catalogue", "metric": "catalogue", "read": "notebook"}


def __getattr__(name: str) -> Any:
    """Import what needs Ibis when it is first used."""
    if name in _ROOMS:
        from importlib import import_module

        return getattr(import_module(f"viaggio.measure.{_ROOMS[name]}"), name)
    raise AttributeError(f"module 'viaggio.measure' has no attribute {name!r}")
