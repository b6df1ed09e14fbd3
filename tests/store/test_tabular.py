"""Tables for people: numbers stay numbers, and no cell runs as a formula."""

# ruff: noqa: DTZ001 -- times without a zone are what is tested

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio.store.tabular import csv_chunks, write_csv, write_excel

_ZONE = dt.timezone(dt.timedelta(hours=2))
_ROW = [
    "=HYPERLINK(1)", "+39 02", "-", "@sum", "\tx", "\rx", "perché, «sì»", -5, -1.5, Decimal("-2.50"), None,
    True, dt.date(2024, 1, 2), dt.datetime(2024, 1, 2, 9, 5, tzinfo=_ZONE), float("nan"), 10**17,
]  # fmt: skip


def test_csv_keeps_numbers_and_disarms_text():
    out = io.BytesIO()
    write_csv([_ROW], [f"c{at}" for at in range(len(_ROW))], out)
    assert out.getvalue().startswith(b"\xef\xbb\xbf")
    _, row = csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline=""))
    assert row == [
        "'=HYPERLINK(1)", "'+39 02", "'-", "'@sum", "'\tx", "'\rx", "perché, «sì»", "-5", "-1.5", "-2.50", "",
        "true", "2024-01-02", "2024-01-02 09:05:00+02:00", "", "100000000000000000",
    ]  # fmt: skip


def test_excel_keeps_numbers_and_disarms_text():
    out = io.BytesIO()
    write_excel(
        [_ROW, ["a\x00b" + "x" * 40_000]], [f"c{at}" for at in range(len(_ROW))], out, sheet="l'a/b" * 10
    )
    page = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active
    cells = [cell.value for cell in page[2]]
    assert cells[:3] == ["'=HYPERLINK(1)", "'+39 02", "'-"]
    assert cells[7:10] == [-5, -1.5, -2.5]
    assert [cell.data_type for cell in page[2]][7:10] == ["n"] * 3
    assert cells[10] is None
    assert cells[12:14] == [dt.datetime(2024, 1, 2), dt.datetime(2024, 1, 2, 9, 5)]
    assert cells[15] == "100000000000000000"
    assert not any(cell.data_type == "f" for row in page.iter_rows() for cell in row)
    assert page["A3"].value.startswith("abxx")
    assert len(page["A3"].value) == 32_767


def test_a_table_without_rows_has_its_header():
    out = io.BytesIO()
    write_excel([], ["=a", "b"], out)
    assert [cell.value for cell in openpyxl.load_workbook(out).active[1]] == ["'=a", "b"]
    assert b"".join(csv_chunks([], ["=a", "b"], mark=False)) == b"'=a,b\r\n"


def test_rows_are_asked_for_as_they_are_written():
    def rows():
        for at in range(2_500):
            asked.append(at)
            yield [at]

    asked: list[int] = []
    pieces = csv_chunks(rows(), ["n"])
    next(pieces)
    assert len(asked) == 1_000


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_no_cell_of_a_csv_starts_like_a_formula(cells):
    text = b"".join(csv_chunks([cells], ["c"] * len(cells), mark=False)).decode()
    _, row = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert len(row) == len(cells)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_the_delimiter_can_be_chosen(delimiter):
    assert b"".join(csv_chunks([["a", 1]], ["x", "y"], delimiter=delimiter, mark=False)).decode().split() == (
        f"x{delimiter}y a{delimiter}1".split()
    )
