"""Journey questions of a workspace: the filters of page, address, command line and API, put to the index."""

from functools import partial
from typing import TYPE_CHECKING, Any

from viaggio.kernel import EVERYBODY, Period, Population, UnknownDimension
from viaggio.store.memory import Memory
from viaggio.store.said import events_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from viaggio.journey.comparison import Comparison
    from viaggio.journey.filter import Condition
    from viaggio.journey.groups import CustomerGroups
    from viaggio.journey.index import Coded, Journeys
    from viaggio.journey.where import Where
    from viaggio.store.engine import Engine

_OF_INTERACTIONS = ("phase", "moment", "touchpoint", "channel", "device", "outcome")
_OF_CUSTOMERS = ("segment", "region", "city", "language")
_NUMBERS = ("customer", "account", "value", "cost", "duration")
JOURNEY_DIMENSIONS = (*_OF_INTERACTIONS, *_OF_CUSTOMERS, "function", *_NUMBERS)
"""Names by which journeys can be filtered."""

_GROUPS = Memory(16)
_SETS = Memory(64)
"""Customers of a condition on their attributes, as found lately in one state of the facts."""


def where_of(
    engine: "Engine",
    period: Period | None,
    population: Population = EVERYBODY,
    condition: "Condition | None" = None,
) -> "Where":
    """The index's filter for a period, a population and a condition of the filter language; all must hold.

    `segment`, `region`, `city`, `language` choose customers; `function` the touchpoints that it owns. Raises
    `UnknownDimension` for what the index lacks.
    """
    from viaggio.journey.filter import EVERY, all_of, changed, condition_of
    from viaggio.journey.where import Where

    asked = all_of([condition_of(population), condition or EVERY])
    bound = changed(asked, lambda leaf: _bound(engine, leaf))
    return Where(
        period_micros=None if period is None else period.micros(engine.workspace.zone),
        condition=bound,
        zone=engine.workspace.zone,
        sets=_sets_of(engine, bound),
        events=events_of(engine, bound),
    )


def _bound(engine: "Engine", leaf: "Condition") -> "Condition":
    """A condition on the owner of touchpoints as one on touchpoints; no customer's attribute as no value."""
    from viaggio.journey.filter import Among, Missing, negated
    from viaggio.journey.filter.model import PROPERTY

    if isinstance(leaf, Among | Missing) and not (
        leaf.name in JOURNEY_DIMENSIONS or leaf.name.startswith(PROPERTY)
    ):
        raise UnknownDimension(leaf.name, known=JOURNEY_DIMENSIONS, place="journeys")
    match leaf:
        case Among("function", functions):
            return Among("touchpoint", _owned(engine, functions))
        case Missing("function"):
            return negated(Among("touchpoint", _owned(engine, None)))
        case Missing(name) if name in _OF_CUSTOMERS:
            return negated(Among(name, _known(engine, name)))
        case _:
            return leaf


def _owned(engine: "Engine", functions: "Sequence[str] | None") -> tuple[str, ...]:
    table = engine.tables().touchpoints
    owner = table.owner_function
    chosen = table.filter(owner.notnull() if functions is None else owner.isin(functions))
    return tuple(engine.run(chosen.select("id"))["id"].to_pylist())


def _known(engine: "Engine", name: str) -> tuple[str, ...]:
    """All values of an attribute of customers."""
    table = engine.tables().customers
    values = table.filter(table[name].notnull()).select(name).distinct()
    return tuple(engine.run(values)[name].to_pylist())


def _sets_of(engine: "Engine", condition: "Condition") -> dict[Any, Any]:
    from viaggio.journey.filter import Among, conditions

    asked = [c for c in conditions(condition) if isinstance(c, Among) and c.name in _OF_CUSTOMERS]
    version = (engine.workspace.root, engine.version)
    return {one: _SETS.recall((*version, one), partial(_keys, engine, one)) for one in asked}


def _keys(engine: "Engine", one: Any) -> Any:
    """The customers with one of the values, ascending."""
    import numpy as np

    table = engine.tables().customers
    chosen = table.filter(table[one.name].isin(one.values)).select("customer").distinct()
    keys = np.unique(engine.run(chosen)["customer"].to_numpy(zero_copy_only=False))
    keys.flags.writeable = False
    return keys


def groups_of(engine: "Engine", attribute: str) -> "CustomerGroups":
    """Customers by an attribute: `segment`, `region`, `city`, `language`; of several, the first by letter."""
    state = (engine.workspace.root, engine.version, attribute)
    groups: CustomerGroups = _GROUPS.recall(state, partial(_groups, engine, attribute))
    return groups


def _groups(engine: "Engine", attribute: str) -> "CustomerGroups":
    import numpy as np

    from viaggio.journey.groups import CustomerGroups

    table = engine.tables().customers
    known = table.filter(table[attribute].notnull()).group_by("customer").agg(value=table[attribute].min())
    found = engine.run(known.order_by("customer"))
    names, codes = np.unique(np.array(found["value"].to_pylist(), dtype=object), return_inverse=True)
    keys = found["customer"].to_numpy(zero_copy_only=False).astype(np.int64)
    return CustomerGroups(attribute, tuple(names.tolist()), keys, codes.astype(np.int32))


def ask(
    engine: "Engine",
    question: str,
    period: Period | None = None,
    population: Population = EVERYBODY,
    *,
    condition: "Condition | None" = None,
    cluster: str = "",
    over: "Journeys | None" = None,
    **params: Any,
) -> Any:
    """A question of `viaggio.journey`, such as `phase_flow`, put to the workspace's index.

    `condition`: a filter of the filter language, besides. `cluster`: address of Apache Spark, where the
    buckets are walked instead of here. `over`: these journeys instead of opening the index. Returns the
    question's result, which has `.table()`. Raises `UnknownDimension`, and `NoSpark` where there is no
    cluster.
    """
    from viaggio import journey

    asked: Callable[..., Any] = getattr(journey, question)
    source = _on(engine, cluster) if cluster else engine
    if params.get("by") in _OF_CUSTOMERS:
        params["by"] = groups_of(source, params["by"])
    where = where_of(source, period, population, condition)
    return asked(source.journeys() if over is None else over, where=where, **params)


def compare(
    engine: "Engine",
    one: "Condition",
    other: "Condition",
    period: Period | None = None,
    *,
    by: "Coded" = "touchpoint",
    cluster: str = "",
) -> "Comparison":
    """Where the customers of one condition come, against those of another; raises as `ask` does."""
    from viaggio.journey import compare_groups

    source = _on(engine, cluster) if cluster else engine
    groups = [where_of(source, period, condition=condition) for condition in (one, other)]
    return compare_groups(source.journeys(), *groups, by=by)


def _on(engine: "Engine", cluster: str) -> Any:
    """The same facts on a cluster: filters are looked up there, too."""
    from viaggio.store.spark import SparkEngine, spark_session

    return SparkEngine(spark_session(cluster), engine)
