"""Which events a source said something of, in a column of its own: what the journey index does not hold."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from viaggio.store.memory import Memory

if TYPE_CHECKING:
    from viaggio.journey.filter import Among, Condition, Missing
    from viaggio.store.engine import Engine

_EVENTS = Memory(16)
"""Keys of the events of a condition, as found lately in one state of the facts."""


@runtime_checkable
class FindsEvents(Protocol):
    """What an engine on a cluster has: it looks for events there."""

    def events_saying(self, path: str, values: Sequence[str] | None) -> Any:
        """Keys of the interactions with one of these values at a path of their properties; None: none."""


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

    name = one.name.removeprefix(PROPERTY).replace('"', "")
    path, values = f'$."{name}"', list(one.values) if isinstance(one, Among) else None
    if isinstance(engine, FindsEvents):
        found = engine.events_saying(path, values)
    elif not engine.rows("interactions"):
        found = np.empty(0, np.int64)
    else:
        query, given = saying(engine.live_rows("interactions"), path, values)
        found = engine.known(query, given)["key"].to_numpy()
    keys = np.sort(found)
    keys.flags.writeable = False
    return keys


def saying(rows: str, path: str, values: Sequence[str] | None) -> tuple[str, dict[str, object]]:
    """A query for keys of those rows (a query of `key` and `properties`) that say so, and its parameters."""
    from viaggio.store.sql import sql

    if values is None:
        return sql("journey_property_empty", live=rows), {"path": path}
    return sql("journey_property", live=rows), {"path": path, "values": list(values)}
