"""Interactions as OCEL 2.0 in JSON: an event knows its customer, its business and its episode."""

import json
from pathlib import Path
from typing import Any

from viaggio.store.engine import Engine
from viaggio.store.event_logs.rows import ATTRIBUTES, interactions, iso

OBJECTS = {"customer": "customer", "account": "business", "episode": "episode"}
"""Columns that name an object, and the type of it."""
_WHOLE = frozenset({"cost_cents", "value_cents"})


def write_ocel(source: Engine, target: Path) -> int:
    """Write all interactions of a customer, in the order of customers and time; returns how many.

    Memory holds one event, and the names of the objects.
    """
    types: set[str] = set()
    objects: dict[tuple[str, str], None] = {}
    count = 0
    with target.open("w", encoding="utf-8", newline="\n") as out:
        out.write('{"objectTypes":')
        out.write(_json([{"name": kind, "attributes": []} for kind in OBJECTS.values()]))
        out.write(',\n"events":[')
        for row in interactions(source, "customer"):
            types.add(row["touchpoint"])
            related = [(OBJECTS[name], f"{OBJECTS[name]}:{row[name]}") for name in OBJECTS if row[name]]
            objects |= dict.fromkeys(related)
            out.write(",\n" if count else "\n")
            out.write(_json(_event(row, related)))
            count += 1
        out.write('],\n"objects":[')
        for number, (kind, name) in enumerate(sorted(objects)):
            out.write(",\n" if number else "\n")
            out.write(_json({"id": name, "type": kind, "attributes": [], "relationships": []}))
        attributes = [
            {"name": name, "type": "integer" if name in _WHOLE else "string"} for name in ATTRIBUTES
        ]
        out.write('],\n"eventTypes":')
        out.write(_json([{"name": name, "attributes": attributes} for name in sorted(types)]))
        out.write("}\n")
    return count


def _event(row: dict[str, Any], related: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "id": f"{row['source']}:{row['id']}",
        "type": row["touchpoint"],
        "time": iso(row["started_at"]),
        "attributes": [{"name": n, "value": row[n]} for n in ATTRIBUTES if row[n] is not None],
        "relationships": [{"objectId": name, "qualifier": kind} for kind, name in related],
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
