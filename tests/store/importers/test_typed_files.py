"""Workbooks and Parquet files: typed cells keep their exact value, whatever style is stated for text."""

# ruff: noqa: DTZ001 -- times without a zone are what is tested

import datetime as dt
import gzip
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from viaggio.kernel import BadFile
from viaggio.store.importers import mapping_reader, read_mapping
from viaggio.store.importers.excel import cell_text, excel_sheets, read_excel
from viaggio.store.importers.layout import Layout

_MAPPING = """
timezone = "Europe/Rome"
currency = "EUR"
decimal = ","
[[table]]
name = "orders"
id = "n"
[table.columns]
ordered_at = { column = "data", format = "%d/%m/%Y" }
total_cents = "importo"
"""
_SHEET = """
[file]
format = "excel"
sheet = "Ordini"
header = 3
"""


def _book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def _orders(path: Path, mapping: str = _MAPPING):
    rows, rejects = [], []
    for batch in mapping_reader({path.name: path}, read_mapping(mapping)).batches():
        rows += batch.rows.to_pylist() if batch.rows is not None else []
        rejects += [(r.line, r.code, r.column, r.value) for r in batch.rejects]
    return rows, rejects


def test_a_sheet_with_typed_and_written_cells_in_one_column_reads_both(tmp_path):
    path = _book(
        tmp_path / "o.xlsx",
        {
            "Altro": [["x"], [1]],
            "Ordini": [
                ["Estrazione"],
                [],
                ["n", "data", "importo", "note"],
                [1, dt.datetime(2024, 2, 1), 1234.5, None],
                ["A2", "02/02/2024", "1.234,50", True],
                ["A3", dt.date(2024, 2, 3), 0.1 + 0.2, 1e-7],
                [],
                ["A4", "2024-02-04", 5, None],
                ["A5", dt.datetime(2024, 2, 5), 1.005, None],
            ],
        },
    )
    rows, rejects = _orders(path, _MAPPING + _SHEET)
    assert [(row["id"], row["total_cents"]) for row in rows] == [("1", 123450), ("A2", 123450), ("A3", 30)]
    assert rows[2]["properties"] == '{"note":"0.0000001"}'
    assert rejects == [
        (8, "value.not_a_time", "data", "2024-02-04"),
        (9, "value.part_of_a_cent", "importo", "1.005"),
    ]


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(tmp_path):
    path = _book(tmp_path / "o.xlsx", {"Uno": [["n"], [1]]})
    assert excel_sheets(path) == ("Uno",)
    with pytest.raises(BadFile) as error:
        list(read_excel(path, sheet="Due"))
    assert error.value.code == "file.no_sheet"
    assert "Uno" in error.value.hint


def test_several_header_rows_of_a_sheet_make_one_name(tmp_path):
    path = _book(
        tmp_path / "o.xlsx", {"s": [["Cliente", None, "Ordine"], ["nome", "città", "n"], ["A", "B", 1]]}
    )
    (records,) = read_excel(path, Layout(header=(1, 2)))
    assert list(records.columns) == ["Cliente nome", "Cliente città", "Ordine n"]
    assert records.lines.tolist() == [3]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (1e15, "1000000000000000"),
        (1e-7, "0.0000001"),
        (dt.datetime(2024, 1, 1, 9, 4, 59, 999_900), "2024-01-01 09:05:00"),
        (dt.time(9, 5), "09:05:00"),
        (False, "false"),
        (12, "12"),
    ],
)
def test_typed_cells_are_written_plainly(value, text):
    assert cell_text(value) == (text, True)


def test_an_empty_sheet_and_a_lone_header_are_told(tmp_path):
    for rows, code in (([], "file.no_header"), ([["n", "data", "importo"]], "file.no_rows")):
        path = _book(tmp_path / "o.xlsx", {"s": rows})
        with pytest.raises(BadFile) as error:
            _orders(path)
        assert error.value.code == code


def test_parquet_columns_of_every_kind_are_read(tmp_path):
    path = tmp_path / "o.parquet"
    zone = dt.timezone(dt.timedelta(hours=2))
    table = pa.table(
        {
            "n": pa.array(["A1", "A2"]).dictionary_encode(),
            "data": pa.array(
                [dt.datetime(2024, 2, 1, 10, tzinfo=zone), None], pa.timestamp("ns", "Europe/Rome")
            ),
            "importo": pa.array([Decimal("1234.50"), Decimal("2.00")], pa.decimal128(12, 2)),
            "peso": pa.array([0.1, 1e-7]),
            "visto": pa.array([True, None]),
            "tag": pa.array([["a", "b"], None]),
            "vecchio": pa.array([b"si", b"\xff"]),
        }
    )
    parquet.write_table(table, path)
    rows, rejects = _orders(path)
    assert rows[0]["ordered_at"] == dt.datetime(2024, 2, 1, 8, tzinfo=dt.UTC)
    assert rows[0]["total_cents"] == 123450
    assert rows[0]["properties"] == '{"peso":"0.1","visto":"true","tag":"[\\"a\\", \\"b\\"]","vecchio":"si"}'
    assert rejects == [(2, "value.missing", "data", "")]


def test_counted_times_in_a_typed_column_are_read(tmp_path):
    path = tmp_path / "v.parquet"
    table = {"n": ["A", "B"], "data": pa.array([20240201, 20240202]), "importo": [1.5, 2.0]}
    parquet.write_table(pa.table(table), path)
    rows, _ = _orders(path, _MAPPING.replace("%d/%m/%Y", "%Y%m%d"))
    assert [row["ordered_at"].isoformat() for row in rows] == [
        "2024-01-31T23:00:00+00:00",
        "2024-02-01T23:00:00+00:00",
    ]
    unix = pa.table({"n": ["A"], "data": pa.array([1_700_000_000]), "importo": [1.5]})
    parquet.write_table(unix, path)
    rows, _ = _orders(path, _MAPPING.replace("%d/%m/%Y", "unix").replace('timezone = "Europe/Rome"', ""))
    assert rows[0]["ordered_at"].timestamp() == 1_700_000_000


def test_a_large_parquet_file_is_streamed_in_chunks_with_row_numbers(tmp_path):
    path = tmp_path / "o.parquet"
    count = 120_000
    dates = pa.array([dt.date(2024, 1, 1)] * (count - 1) + [None])
    parquet.write_table(
        pa.table({"n": pa.array(range(count)), "data": dates, "importo": pa.array(range(count))}), path
    )
    batches = list(mapping_reader({"o.parquet": path}, read_mapping(_MAPPING)).batches())
    assert sum(batch.rows.num_rows for batch in batches) == count - 1
    assert max(batch.rows.num_rows for batch in batches) <= 50_000
    assert [reject.line for batch in batches for reject in batch.rejects] == [count]
    assert batches[-1].bytes_read == path.stat().st_size


def test_a_packed_workbook_is_unpacked_first(tmp_path):
    path = _book(tmp_path / "o.xlsx", {"s": [["n", "data", "importo"], ["A1", "01/02/2024", "1,00"]]})
    packed = tmp_path / "o.xlsx.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    rows, _ = _orders(packed)
    assert [row["id"] for row in rows] == ["A1"]
