"""Live events on disk: taken durably into a write-ahead file, sealed into the landing by and by."""

from viaggio.store.events.ahead import FOLDER, Ahead, NotWritten
from viaggio.store.events.body import MOST_BYTES, Arrived, BadBody, TooLong, arrived, line_of, unpacked
from viaggio.store.events.sealing import Waiting, bytes_waiting, catalogue_of, rules_text, seal, waiting

__all__ = [
    "FOLDER",
    "MOST_BYTES",
    "Ahead",
    "Arrived",
    "BadBody",
    "NotWritten",
    "TooLong",
    "Waiting",
    "arrived",
    "bytes_waiting",
    "catalogue_of",
    "line_of",
    "rules_text",
    "seal",
    "unpacked",
    "waiting",
]
