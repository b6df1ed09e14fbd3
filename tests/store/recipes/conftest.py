"""A recipe run on a folder, with what every recipe owes checked on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from viaggio.customer.tables import IDENTIFIER_COLUMNS
from viaggio.store.contracts import FACTS, incoming_schema
from viaggio.store.incoming import Reject
from viaggio.store.recipes import files_of, recipe_reader

SAMPLES = Path(__file__).parents[2] / "data"


@dataclass(frozen=True)
class Taken:
    tables: dict[str, pa.Table]
    rejects: tuple[Reject, ...]
    read: dict[str, int]

    def __getitem__(self, table: str) -> pa.Table:
        return self.tables.get(table, incoming_schema(FACTS[table]).empty_table())

    def counts(self) -> dict[str, int]:
        return {name: table.num_rows for name, table in self.tables.items()}

    def rows(self, table: str, **where: object) -> list[dict[str, object]]:
        rows = self[table].to_pylist()
        return [row for row in rows if all(row[name] == value for name, value in where.items())]


@pytest.fixture
def samples() -> Path:
    return SAMPLES


@pytest.fixture
def take() -> Callable[..., Taken]:
    return taken


def taken(recipe: str, folder: Path, *, whole_files: bool = True, **options: str) -> Taken:
    """Run a recipe; check that rows keep their contract and that whole files were read to the end."""
    files = files_of(recipe, folder)
    gathered: dict[str, list[pa.Table]] = {}
    rejects: list[Reject] = []
    read: dict[str, int] = {}
    reached: dict[str, int] = {}
    for batch in recipe_reader(recipe, files, options).batches():
        rejects += batch.rejects
        read[batch.table] = read.get(batch.table, 0) + batch.read
        if batch.file:
            reached[batch.file] = max(reached.get(batch.file, 0), batch.bytes_read)
        if batch.rows is not None:
            assert batch.rows.schema.equals(incoming_schema(FACTS[batch.table]))
            gathered.setdefault(batch.table, []).append(batch.rows)
    tables = {name: pa.concat_tables(parts) for name, parts in gathered.items()}
    for name, table in tables.items():
        keeps_contract(name, table)
    if whole_files:
        assert reached == {name: path.stat().st_size for name, path in files.items()}
    return Taken(tables, tuple(rejects), read)


def keeps_contract(name: str, table: pa.Table) -> None:
    contract = FACTS[name]
    assert pc.count_distinct(table["id"]).as_py() == table.num_rows, f"{name}: ids are not unique"
    for column in contract.columns:
        values = table[column.name]
        assert not (column.needed and values.null_count), f"{name}.{column.name} is needed"
        if column.allowed:
            assert set(values.drop_null().unique().to_pylist()) <= set(column.allowed), column.name
    if contract.customer:
        known = [table[identifier].is_valid() for identifier in IDENTIFIER_COLUMNS]
        somebody = known[0]
        for more in known[1:]:
            somebody = pc.or_(somebody, more)
        assert pc.all(somebody).as_py() in {True, None}, f"{name}: a row belongs to nobody"
