"""Journey questions of a workspace: the filters of page, address, command line and API, put to the index."""

from typing import TYPE_CHECKING, Any

from viaggio.kernel import EVERYBODY, Period, Population, UnknownDimension

if TYPE_CHECKING:
    from collections.abc import Callable

    from viaggio.journey.where import Where
    from viaggio.store.engine import Engine

_OF_INTERACTIONS = {
    "phase": "phases",
    "touchpoint": "touchpoints",
    "channel": "channels",
    "device": "devices",
}
_OF_CUSTOMERS = ("segment", "region")
JOURNEY_DIMENSIONS = (*_OF_INTERACTIONS, *_OF_CUSTOMERS, "function")
"""Dimensions by which journeys can be filtered."""


def where_of(engine: "Engine", period: Period | None, population: Population) -> "Where":
    """The index's filter for a period and population; raises `UnknownDimension` for one the index lacks.

    `segment` and `region` choose customers; `function` the touchpoints that it owns.
    """
    from viaggio.journey.where import Where

    parts: dict[str, Any] = {}
    if period is not None:
        parts["period_micros"] = period.micros(engine.workspace.zone)
    customers: dict[str, tuple[str, ...]] = {}
    owned: set[str] | None = None
    for dimension, values in population.where.items():
        if dimension in _OF_INTERACTIONS:
            parts[_OF_INTERACTIONS[dimension]] = values
        elif dimension in _OF_CUSTOMERS:
            customers[dimension] = values
        elif dimension == "function":
            owned = _owned(engine, values)
        else:
            raise UnknownDimension(dimension, known=JOURNEY_DIMENSIONS, place="journeys")
    if owned is not None:
        parts["touchpoints"] = tuple(sorted(owned & set(parts.get("touchpoints", owned))))
    if customers:
        parts["customers"] = _keys(engine, customers)
    return Where(**parts)


def _owned(engine: "Engine", functions: tuple[str, ...]) -> set[str]:
    table = engine.tables().touchpoints
    return set(engine.run(table.filter(table.owner_function.isin(functions)).select("id"))["id"].to_pylist())


def _keys(engine: "Engine", conditions: dict[str, tuple[str, ...]]) -> Any:
    table = engine.tables().customers
    for name, values in conditions.items():
        table = table.filter(table[name].isin(values))
    return engine.run(table.select("customer").distinct())["customer"].to_numpy(zero_copy_only=False)


def ask(
    engine: "Engine",
    question: str,
    period: Period | None = None,
    population: Population = EVERYBODY,
    **params: Any,
) -> Any:
    """A question of `viaggio.journey`, such as `phase_flow`, put to the workspace's index.

    Returns the question's result, which has `.table()`. Raises `UnknownDimension`.
    """
    from viaggio import journey
    from viaggio.store.index import open_index

    asked: Callable[..., Any] = getattr(journey, question)
    return asked(open_index(engine.workspace), where=where_of(engine, period, population), **params)
