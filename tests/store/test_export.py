"""A fact table as a file: every row once, in order, the same in each kind of file, or no file at all."""

import csv

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from tests.store.tiny import bring, folded, make, seen

from viaggio.kernel import BadFile, UnknownTable
from viaggio.store.export import export_table


@pytest.fixture
def shop(tmp_path):
    """A workspace whose rows came in two items, in no order, some of them twice."""
    ws = make(tmp_path / "workspace")
    bring(ws, [seen(f"{n:03d}", n, customer_number=str(n % 7)) for n in range(60, 20, -1)])
    bring(ws, [seen(f"{n:03d}", n, customer_number=str(n % 7)) for n in range(30)])
    folded(ws)
    return ws


def ids(path):
    if path.suffix == ".parquet":
        return pq.read_table(path)["id"].to_pylist()
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as text:
            return [row["id"] for row in csv.DictReader(text)]
    first, *rest = load_workbook(path).active.values
    return [row[first.index("id")] for row in rest]


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx"])
def test_every_row_once_in_the_order_of_its_id(shop, tmp_path, ending):
    target = tmp_path / f"seen{ending}"
    assert export_table(shop, "interactions", target) == 61
    assert ids(target) == [f"{n:03d}" for n in range(61)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [target.name, "workspace"]


def test_the_same_facts_give_the_same_bytes(shop, tmp_path):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    export_table(shop, "interactions", first)
    export_table(shop, "interactions", second)
    assert first.read_bytes() == second.read_bytes()


def test_an_empty_table_has_its_columns(shop, tmp_path):
    target = tmp_path / "texts.csv"
    assert export_table(shop, "texts", target) == 0
    assert target.read_text(encoding="utf-8-sig").startswith("key,")


@pytest.mark.parametrize(
    ("name", "file", "error"), [("nothing", "a.csv", UnknownTable), ("orders", "a.doc", BadFile)]
)
def test_what_can_not_be_written_leaves_no_file(shop, tmp_path, name, file, error):
    with pytest.raises(error):
        export_table(shop, name, tmp_path / file)
    assert [path.name for path in tmp_path.iterdir()] == ["workspace"]
