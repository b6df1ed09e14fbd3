"""Readers of foreign files: delimited text, Excel, Parquet; mappings; rejected rows; suggestions.

`read_mapping` reads a mapping file, `mapping_reader` puts it to work on files, `suggest` proposes one for a
file, `preview` is the dry run, `isolated` reads what strangers sent in a process of its own, with limits.
"""

from viaggio.store.importers.mapping import ImportMapping
from viaggio.store.importers.mapping_file import read_mapping
from viaggio.store.importers.reader import mapping_reader

__all__ = ["ImportMapping", "mapping_reader", "read_mapping"]
