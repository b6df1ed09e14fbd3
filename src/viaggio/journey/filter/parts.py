"""A filter in parts: those a page shows and takes away, and those that any figure understands."""

from viaggio.journey.filter.model import EVERY, AllOf, Among, Condition, all_of
from viaggio.kernel import EVERYBODY, Population
from viaggio.kernel.population import DIMENSIONS


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """What is joined by *and* on the outside; nothing of `EVERY`."""
    if isinstance(condition, AllOf):
        return condition.parts
    return () if condition == EVERY else (condition,)


def without_part(condition: Condition, part: Condition) -> Condition:
    """The filter without one of its parts."""
    return all_of(other for other in parts_of(condition) if other != part)


def population_part(condition: Condition) -> tuple[Population, Condition]:
    """The dimensions with their values, which any figure understands, and the rest of the filter."""
    population, rest = EVERYBODY, []
    for part in parts_of(condition):
        if isinstance(part, Among) and part.name in DIMENSIONS:
            population = population.narrowed(**{part.name: part.values})
        else:
            rest.append(part)
    return population, all_of(rest)


def condition_of(population: Population) -> Condition:
    """A population as a condition."""
    return all_of(Among(name, values) for name, values in population.key())
