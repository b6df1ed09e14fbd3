"""Whom a figure is about: filters by dimension, the same on page, URL, command line and API."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from viaggio.kernel.errors import UnknownDimension

DIMENSIONS = (
    "phase", "touchpoint", "channel", "device", "segment", "region", "language", "function",
    "pulse", "wave", "category", "campaign", "source", "delivery",
)  # fmt: skip
"""Dimensions by which a figure can be filtered or cut. `segment` is b2b or b2c; `function` owns a touchpoint;
`delivery` is late, on_time or none (not delivered, or never promised) of the order that a row is about."""


@dataclass(frozen=True, slots=True)
class Population:
    """Rows whose dimension value is one of those listed; dimensions combine with AND, values with OR."""

    where: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Refuse unknown dimensions; raises `UnknownDimension`."""
        for name in self.where:
            if name not in DIMENSIONS:
                raise UnknownDimension(name, known=DIMENSIONS, place="where")

    def __hash__(self) -> int:
        return hash(self.key())

    def key(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """A hashable, ordered form: equal populations have equal keys."""
        return tuple(sorted((name, tuple(sorted(values))) for name, values in self.where.items()))

    def narrowed(self, **more: Iterable[str]) -> "Population":
        """This population and these conditions too; a dimension given twice keeps the common values."""
        where = {name: tuple(values) for name, values in self.where.items()}
        for name, values in more.items():
            wanted = tuple(values)
            where[name] = tuple(v for v in where[name] if v in wanted) if name in where else wanted
        return Population(MappingProxyType(where))

    @classmethod
    def parse(cls, conditions: Iterable[str]) -> "Population":
        """Read `channel=web,app` conditions; of several on one dimension the common values stay.

        Raises `UnknownDimension`.
        """
        population = EVERYBODY
        for condition in conditions:
            name, _, values = condition.partition("=")
            wanted = [v.strip() for v in values.split(",") if v.strip()]
            population = population.narrowed(**{name.strip(): wanted})
        return population

    def __str__(self) -> str:
        return "; ".join(f"{name}={','.join(values)}" for name, values in self.key())


EVERYBODY = Population()
