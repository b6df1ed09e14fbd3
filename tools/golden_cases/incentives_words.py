"""Reading numbers out of the words of the examples, writing amounts as they do."""

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from viaggio.incentive import scoring
from viaggio.incentive.exact import amount, cents, exact, written

Values = Mapping[str, Any]


def number_in(text: Any, pattern: str = r"-?\d+(?:\.\d+)?") -> Fraction:
    """The first number of a text."""
    found = re.search(pattern, str(text))
    if not found:
        raise ValueError(f"no number in {text!r}")
    return exact(found[1] if found.groups() else found[0])


def whole(text: Any, pattern: str) -> int:
    """The whole number that a pattern finds."""
    return int(number_in(text, pattern))


def said_nps(text: str) -> scoring.Score:
    """NPS of "540 promoters, 190 detractors, n=1000"."""
    return scoring.nps_score(
        whole(text, r"(\d+) promoters"), whole(text, r"(\d+) detractors"), whole(text, r"n ?= ?(\d+)")
    )


def day(text: str) -> date:
    """A day of the calendar."""
    return date.fromisoformat(text)


def paid(target: Any, factor: Fraction) -> str:
    """Target times factor, in cents, as text."""
    return amount(cents(exact(target) * factor))


def short(value: Fraction) -> str:
    """A number without needless zeros."""
    text = written(value).rstrip("0").rstrip(".")
    return text or "0"
