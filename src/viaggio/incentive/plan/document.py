"""A plan as plain values, in one way only, and the hash of its content."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from viaggio.incentive.exact import fraction
from viaggio.incentive.plan.model import Plan


def content_hash(plan: Plan) -> str:
    """SHA-256 of the canonical JSON: equal for plans that calculate alike; 64 hexadecimal digits."""
    return hashlib.sha256(canonical(plan_data(plan)).encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces; exact numbers as "p/q", days as ISO text, no floats."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


LATER = ("on_account",)
"""What plans did not have at first: where it is not used it is not written, so that old hashes stay."""


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan as plain values: texts, whole numbers, yes and no, lists and mappings."""
    data = {name: plain(getattr(plan, name)) for name in plan.__dataclass_fields__}
    return {name: value for name, value in data.items() if name not in LATER or value is not None}


def plain(value: Any) -> Any:
    """Any noun of a plan or run as plain values. Raises `TypeError` for a float."""
    if isinstance(value, float):
        raise TypeError("no float stands on the pay path")
    if isinstance(value, Mapping):
        return {str(name): plain(entry) for name, entry in value.items()}
    if isinstance(value, tuple | list):
        return [plain(entry) for entry in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return _single(value)


def _single(value: Any) -> Any:
    if isinstance(value, Fraction):
        return fraction(value)
    if isinstance(value, StrEnum):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
