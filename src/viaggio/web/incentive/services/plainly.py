"""Nouns of pay as plain values for programs: days as ISO text, fractions as "p/q", cents as whole numbers."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any

from viaggio.incentive.exact import fraction


def plainly(value: Any) -> Any:
    """Any noun of a statement or total as plain values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plainly(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plainly(entry) for name, entry in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [plainly(entry) for entry in value]
    if isinstance(value, Fraction):
        return fraction(value)
    if isinstance(value, Enum):
        return str(value)
    return value.isoformat() if isinstance(value, datetime | date) else value
