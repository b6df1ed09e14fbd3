"""The filter language: which interactions a question is about, written by people, read without guessing.

`read_filter` turns text into frozen conditions, `write_filter` turns them back into the one canonical text.
"""

from viaggio.journey.filter.model import (
    EVERY,
    AllOf,
    Among,
    AnyOf,
    Compared,
    Condition,
    Did,
    During,
    Every,
    Missing,
    Not,
    Within,
    all_of,
    any_of,
    changed,
    conditions,
    negated,
)
from viaggio.journey.filter.parts import (
    OnlyForJourneys,
    condition_of,
    parts_of,
    personal,
    population_part,
    read_population,
    scoped,
    without_part,
)
from viaggio.journey.filter.reading import read_filter, read_filters
from viaggio.journey.filter.tokens import BadFilter
from viaggio.journey.filter.writing import write_filter

__all__ = [
    "EVERY",
    "AllOf",
    "Among",
    "AnyOf",
    "BadFilter",
    "Compared",
    "Condition",
    "Did",
    "During",
    "Every",
    "Missing",
    "Not",
    "OnlyForJourneys",
    "Within",
    "all_of",
    "any_of",
    "changed",
    "condition_of",
    "conditions",
    "negated",
    "parts_of",
    "personal",
    "population_part",
    "read_filter",
    "read_filters",
    "read_population",
    "scoped",
    "without_part",
    "write_filter",
]
