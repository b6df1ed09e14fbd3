"""A filter in parts: those a page shows and takes away, and those that any figure understands."""

from collections.abc import Iterable
from dataclasses import replace

from viaggio.journey.filter.model import (
    EVERY,
    NUMBERS,
    PROPERTY,
    AllOf,
    Among,
    AnyOf,
    Condition,
    Did,
    Missing,
    Not,
    all_of,
    any_of,
    conditions,
    negated,
)
from viaggio.journey.filter.reading import read_filters
from viaggio.journey.filter.writing import write_filter
from viaggio.kernel import EVERYBODY, Population, ViaggioError
from viaggio.kernel.population import DIMENSIONS


class OnlyForJourneys(ViaggioError):
    """A filter that asks of figures what only journeys can be asked."""

    code = "filter.journeys"


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


def read_population(texts: Iterable[str]) -> Population:
    """The population that filters say, where nothing but dimensions with their values is asked.

    Raises `BadFilter`, and `OnlyForJourneys` for all else.
    """
    population, rest = population_part(read_filters(texts))
    if rest != EVERY:
        hint = "Use conditions such as channel = web or channel in (web, app), joined by and."
        raise OnlyForJourneys(f"'{write_filter(rest)}' can filter journeys, not figures", hint=hint)
    return population


def personal(condition: Condition) -> bool:
    """Whether it can pick single customers out: by their key, or by what a source says of an interaction."""
    return any(
        isinstance(one, Among | Missing) and (one.name in NUMBERS or one.name.startswith(PROPERTY))
        for one in conditions(condition)
    )


def scoped(condition: Condition, scope: Condition) -> Condition:
    """The condition, in which what customers did counts only inside a scope."""
    match condition:
        case AllOf(parts):
            return all_of(scoped(part, scope) for part in parts)
        case AnyOf(parts):
            return any_of(scoped(part, scope) for part in parts)
        case Not(what):
            return negated(scoped(what, scope))
        case Did(what=what, within=within):
            if within is not None and within.anchor is not None:
                within = replace(within, anchor=all_of([scope, scoped(within.anchor, scope)]))
            return replace(condition, what=all_of([scope, scoped(what, scope)]), within=within)
        case _:
            return condition
