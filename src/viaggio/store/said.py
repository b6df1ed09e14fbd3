"""Which events a source said something of, in a column of its own: what the journey index does not hold."""

from functools import partial
from typing import TYPE_CHECKING, Any

from viaggio.store.memory import Memory

if TYPE_CHECKING:
    from viaggio.journey.filter import Among, Condition, Missing
    from viaggio.store.engine import Engine

_EVENTS = Memory(16)
"""Keys of the events of a condition, as found lately in one state of the facts."""


def events_of(engine: "Engine", condition: "Condition") -> "dict[Among | Missing, Any]":
    """For each condition on a source's own column, the keys of its events, ascending.

    The first time all facts of the interactions are read.
    """
    from viaggio.journey.filter import Among, Missing, conditions
    from viaggio.journey.filter.model import PROPERTY

    state = (engine.workspace.root, engine.version)
    return {
        one: _EVENTS.recall((*state, one), partial(_keys, engine, one))
        for one in conditions(condition)
        if isinstance(one, Among | Missing) and one.name.startswith(PROPERTY)
    }


def _keys(engine: "Engine", one: "Among | Missing") -> Any:
    import numpy as np

    from viaggio.journey.filter import Among
    from viaggio.journey.filter.model import PROPERTY
    from viaggio.store.sql import sql

    if not engine.rows("interactions"):
        return np.empty(0, np.int64)
    name = one.name.removeprefix(PROPERTY).replace('"', "")
    live, parameters = engine.live_rows("interactions"), {"path": f'$."{name}"'}
    if isinstance(one, Among):
        found = engine.known(sql("journey_property", live=live), {**parameters, "values": list(one.values)})
    else:
        found = engine.known(sql("journey_property_empty", live=live), parameters)
    keys = np.sort(found["key"].to_numpy())
    keys.flags.writeable = False
    return keys
