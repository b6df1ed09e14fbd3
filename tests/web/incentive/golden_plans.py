"""The worked examples as questions that the library, the command line and HTTP all answer.

The inputs are those of `tests/golden/incentives.json`; the expected values stand there too, as exact text.
"""

from collections.abc import Iterator, Mapping

from tests.web.incentive import golden_measures, golden_pay
from tests.web.incentive.golden_shapes import EXAMPLES, Example

PAID = ("E01", "E02", "E03", "E04", "E05", "E06", "E07", "E11", "E18", "E19")


def examples() -> Iterator[Example]:
    """All nineteen, in order."""
    for number in range(1, 20):
        name = f"E{number:02}"
        where = golden_pay if name in PAID else golden_measures
        made = getattr(where, name.lower())(EXAMPLES[name]["inputs"], EXAMPLES[name]["expected"])
        yield Example(name, tuple(made), GIVEN.get(name, frozenset()))


def _each(places: str, count: int) -> frozenset[str]:
    return frozenset(f"rows/{n}/{name}" for n in range(count) for name in places.split())


GIVEN: Mapping[str, frozenset[str]] = {
    "E02": _each("curve x", 27),
    "E11": _each("company function", 4),
    "E16": frozenset({"tolerance"}),  # a sentence about drawn costs
    "E17": frozenset({"must_not_be_derivable"}),  # looked for, and not found
    "E18": _each("case value baseline", 4),
}
