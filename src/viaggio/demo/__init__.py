"""A company with known truth: generator of customers, journeys, answers, employees, at any scale.

`generate(folder, scale=300_000, seed=1, end=date(2026, 11, 1))` writes one folder per source with Parquet
files in the landing shape, and `truth.json` with all that was planted.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viaggio.demo.company import SOURCES
    from viaggio.demo.model import Truth
    from viaggio.demo.write import DEFAULT_SCALE, generate

__all__ = ["DEFAULT_SCALE", "SOURCES", "Truth", "generate"]

_WHERE = {"DEFAULT_SCALE": "write", "generate": "write", "SOURCES": "company", "Truth": "model"}


def __getattr__(name: str) -> Any:
    """Import NumPy and Arrow when the generator is first used."""
    if name in _WHERE:
        return getattr(import_module(f"viaggio.demo.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'viaggio.demo' has no attribute {name!r}")
