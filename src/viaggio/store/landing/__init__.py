"""Landing: what arrived, verbatim and sealed; append-only. All facts can be made again from here."""

from viaggio.store.landing.decisions import decide, decisions
from viaggio.store.landing.item import Item, Payload
from viaggio.store.landing.land import (
    came_packed,
    item,
    items,
    land,
    leftovers,
    mapping_text,
    payload_path,
    sweep,
)
from viaggio.store.landing.reading import reader, reader_apart

__all__ = [
    "Item",
    "Payload",
    "came_packed",
    "decide",
    "decisions",
    "item",
    "items",
    "land",
    "leftovers",
    "mapping_text",
    "payload_path",
    "reader",
    "reader_apart",
    "sweep",
]
