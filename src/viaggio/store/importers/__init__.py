"""Readers of foreign files: delimited text, Excel, Parquet; mappings; rejected rows; suggestions.

`read_mapping` reads a mapping file, `mapping_reader` puts it to work on files, `suggest` proposes one for a
file, `preview` is the dry run, `isolated` reads what strangers sent in a process of its own, with limits.
"""

from viaggio.store.importers.isolation import isolated, isolated_reader, isolated_value
from viaggio.store.importers.mapping import ImportMapping
from viaggio.store.importers.mapping_file import read_mapping
from viaggio.store.importers.preview import Preview, preview
from viaggio.store.importers.questions import Question
from viaggio.store.importers.reader import mapping_reader
from viaggio.store.importers.sources import source_records
from viaggio.store.importers.suggestion import Suggestion, suggest

__all__ = [
    "ImportMapping",
    "Preview",
    "Question",
    "Suggestion",
    "isolated",
    "isolated_reader",
    "isolated_value",
    "mapping_reader",
    "preview",
    "read_mapping",
    "source_records",
    "suggest",
]
