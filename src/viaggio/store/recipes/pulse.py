"""What our own pulses asked and were told: `answers`, `texts` and `coverage` as Parquet, from the records.

The files are in our own shape, as in `native`, and only these three tables; `viaggio` writes them itself.
"""

from collections.abc import Iterator

from viaggio.store.contracts import FACTS
from viaggio.store.incoming import Batch
from viaggio.store.recipes.native import read_table
from viaggio.store.recipes.shape import Kitchen, Recipe

TABLES = ("coverage", "answers", "texts")
SOURCE = "pulse"


def _batches(kitchen: Kitchen) -> Iterator[Batch]:
    for table in TABLES:
        for source in kitchen.sources.get(table, ()):
            yield from read_table(FACTS[table], source)


RECIPE = Recipe(
    name="pulse",
    source="Viaggio's own pulses",
    version=1,
    files={table: f"{table}.parquet" for table in TABLES},
    optional=frozenset(TABLES),
    columns={"coverage": ("id", "outcome"), "answers": ("id", "response"), "texts": ("id", "response")},
    batches=_batches,
)
