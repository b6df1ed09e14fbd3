"""Files as they really arrive: each gives a clear code, good rows are kept, nothing hangs."""

import gzip
import io
import os
import random
import struct
import zipfile
from pathlib import Path

import pytest

from viaggio.kernel import BadFile, BadMapping
from viaggio.store.importers import mapping_reader, read_mapping
from viaggio.store.importers.codes import FILE_CODES, ROW_CODES
from viaggio.store.importers.delimited import read_csv
from viaggio.store.importers.layout import Layout
from viaggio.store.importers.records import Limits

_MAPPING = """
timezone = "Europe/Rome"
currency = "EUR"
decimal = ","
[[table]]
name = "orders"
id = "numero"
[table.columns]
ordered_at = { column = "data", format = "%d/%m/%Y" }
total_cents = "importo"
"""
_HEADER = "numero;data;importo;nota\n"
_GOOD = "A1;01/02/2024;10,50;bene\n"


def _read(path: Path, mapping: str = _MAPPING):
    """Ids of the rows taken, and (line, code, column, value) of each reject; checks that codes are listed."""
    ids, rejects, read = [], [], 0
    for batch in mapping_reader({path.name: path}, read_mapping(mapping)).batches():
        ids += batch.rows["id"].to_pylist() if batch.rows is not None else []
        rejects += [(r.line, r.code, r.column, r.value) for r in batch.rejects]
        read += batch.read
    assert {code for _, code, _, _ in rejects} <= {code for code, _ in ROW_CODES}
    assert read == len(ids) + len(rejects)
    return ids, rejects


def _refused(path: Path, mapping: str = _MAPPING) -> str:
    with pytest.raises(BadFile) as error:
        _read(path, mapping)
    assert path.name in error.value.place
    assert error.value.code in {code for code, _ in FILE_CODES}
    return error.value.code


def _file(tmp_path: Path, content: str | bytes, name: str = "ordini.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_bytes_of_another_encoding_reject_their_row_alone(tmp_path):
    bad = "A2;02/02/2024;1,00;perché\n".encode("cp1252")
    path = _file(tmp_path, _HEADER.encode() + _GOOD.encode() + bad + b"A3;03/02/2024;2,00;ok\n")
    mapping = _MAPPING.replace("[[table]]", '[file]\nencoding = "utf-8"\n[[table]]')
    ids, rejects = _read(path, mapping)
    assert ids == ["A1", "A3"]
    assert rejects == [(3, "text.undecodable", "nota", "perch\ufffd")]


def test_an_unknown_encoding_is_named(tmp_path):
    path = _file(tmp_path, _HEADER + _GOOD)
    mapping = _MAPPING.replace("[[table]]", '[file]\nencoding = "utf-9"\n[[table]]')
    assert _refused(path, mapping) == "file.unknown_encoding"


def test_three_header_rows_make_one_name_each(tmp_path):
    text = "Estrazione del mese;;;\nOrdine;;Valore;\nnumero;data;importo;nota\n" + _GOOD
    mapping = _MAPPING.replace("[[table]]", "[file]\nheader = [1, 2, 3]\n[[table]]")
    for name in ("numero", "data"):
        mapping = mapping.replace(f'"{name}"', f'"Estrazione del mese Ordine {name}"')
    mapping = mapping.replace('"importo"', '"Estrazione del mese Valore importo"')
    assert _read(_file(tmp_path, text), mapping) == (["A1"], [])


def test_rows_above_the_header_are_passed_over_and_lines_stay_true(tmp_path):
    text = "Estrazione ordini\nprodotta ieri\n" + _HEADER + _GOOD + "A2;31/02/2024;1,00;\n"
    mapping = _MAPPING.replace("[[table]]", "[file]\nheader = 3\n[[table]]")
    ids, rejects = _read(_file(tmp_path, text), mapping)
    assert ids == ["A1"]
    assert rejects == [(5, "value.not_a_time", "data", "31/02/2024")]


def test_quotes_and_line_ends_in_cells_do_not_move_line_numbers(tmp_path):
    text = (
        _HEADER
        + 'A1;01/02/2024;10,50;"detto ""bene""\nsu tre\r\nrighe; sì"\n'
        + "A2;x;1,00;\n"
        + "A3;03/02/2024;y;\n"
    )
    ids, rejects = _read(_file(tmp_path, text))
    assert ids == ["A1"]
    assert [line for line, *_ in rejects] == [5, 6]


def test_a_quote_that_never_closes_costs_its_own_line(tmp_path):
    text = _HEADER + _GOOD + 'A2;02/02/2024;1,00;"aperto\n' + "A3;03/02/2024;2,00;\nA4;04/02/2024;2,00;\n"
    ids, rejects = _read(_file(tmp_path, text))
    assert ids == ["A1", "A3", "A4"]
    assert rejects == [(3, "row.unclosed_quote", "", "")]


def test_text_after_a_closing_quote_costs_its_own_line(tmp_path):
    text = _HEADER + _GOOD + 'A2;02/02/2024;1,00;"uno" due\n' + "A3;03/02/2024;2,00;\n"
    ids, rejects = _read(_file(tmp_path, text))
    assert ids == ["A1", "A3"]
    assert rejects == [(3, "row.bad_quotes", "", "")]


def test_a_cell_of_ten_megabytes_is_one_reject(tmp_path):
    text = _HEADER + _GOOD + f'A2;02/02/2024;1,00;"{"abc\n" * 2_600_000}"\n' + "A3;03/02/2024;2,00;\n"
    ids, rejects = _read(_file(tmp_path, text))
    assert ids == ["A1", "A3"]
    assert [(line, code, column) for line, code, column, _ in rejects] == [(3, "cell.too_long", "nota")]
    path = _file(tmp_path, text, "due.csv")
    batch = next(b for b in mapping_reader({path.name: path}, read_mapping(_MAPPING)).batches() if b.rejects)
    assert sum(map(len, batch.rejects[0].raw.values())) < 100_000


def test_duplicate_columns_are_told_apart_when_asked_for(tmp_path):
    path = _file(tmp_path, "numero;data;importo;importo\nA1;01/02/2024;1,00;2,00\n")
    with pytest.raises(BadMapping) as error:
        _read(path)
    assert "more than once" in str(error.value)
    assert "'importo (1)' or 'importo (2)'" in error.value.hint
    ids, _ = _read(path, _MAPPING.replace('"importo"', '"importo (2)"'))
    assert ids == ["A1"]


def test_an_empty_file_is_called_empty(tmp_path):
    assert _refused(_file(tmp_path, "")) == "file.empty"


@pytest.mark.parametrize("text", [_HEADER, _HEADER.strip(), _HEADER + "\n\r\n"])
def test_a_header_with_nothing_below_is_told(text, tmp_path):
    assert _refused(_file(tmp_path, text)) == "file.no_rows"


def test_a_missing_file_is_told(tmp_path):
    assert _refused(tmp_path / "nulla.csv") == "file.missing"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(1000), "file.not_text"),
        (random.Random(1).randbytes(20_000), "file.not_text"),
        (b"%PDF-1.7\n" + b"obj" * 100, "file.not_text"),
        (b"PK\x03\x04" + bytes(100), "file.is_excel"),
        (b"PAR1" + bytes(100), "file.is_parquet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), "file.is_old_excel"),
    ],
)
def test_a_binary_named_csv_is_refused(content, code, tmp_path):
    assert _refused(_file(tmp_path, content)) == code


def test_a_gzip_file_is_read_as_what_it_holds(tmp_path):
    path = _file(tmp_path, gzip.compress((_HEADER + _GOOD).encode()), "ordini.csv.gz")
    assert _read(path) == (["A1"], [])


def test_a_truncated_gzip_keeps_the_rows_before_the_break(tmp_path):
    body = "".join(
        f"A{at};01/02/2024;{at},{at % 100:02d};{random.Random(at).random()}\n" for at in range(50_000)
    )
    packed = gzip.compress((_HEADER + body).encode())
    ids, rejects = _read(_file(tmp_path, packed[: len(packed) // 2], "ordini.csv.gz"))
    assert len(ids) > 10_000
    assert ids == [f"A{at}" for at in range(len(ids))]
    assert [(line, code) for line, code, *_ in rejects] == [(len(ids) + 2, "file.truncated")]


def test_a_damaged_gzip_keeps_the_rows_before_the_damage(tmp_path):
    body = "".join(f"A{at};01/02/2024;{at},00;{random.Random(at).random()}\n" for at in range(50_000))
    packed = bytearray(gzip.compress((_HEADER + body).encode()))
    packed[-8:-4] = b"\0\0\0\0"  # the checksum
    ids, rejects = _read(_file(tmp_path, bytes(packed), "ordini.csv.gz"))
    assert ids == [f"A{at}" for at in range(50_000)]
    assert [code for _, code, *_ in rejects] == ["file.broken_off"]


def test_dates_in_two_formats_need_both_to_be_listed(tmp_path):
    text = _HEADER + _GOOD + "A2;2024-02-13;1,00;\n"
    ids, rejects = _read(_file(tmp_path, text))
    assert ids == ["A1"]
    assert rejects == [(3, "value.not_a_time", "data", "2024-02-13")]
    both = _MAPPING.replace('format = "%d/%m/%Y"', 'format = ["%d/%m/%Y", "%Y-%m-%d"]')
    assert _read(_file(tmp_path, text), both) == (["A1", "A2"], [])


def test_mixed_decimal_styles_reject_what_does_not_fit_the_style_stated(tmp_path):
    amounts = {
        "1.234,50": True, "12.50": False, "1,234.50": False, "-3,10": True, "€ 5,00": True, "1.2.3": False,
        "$ 5,00": False, "1.234": True, "12,345": False, ",": False, "": True, "1 234,5": True,
    }  # fmt: skip
    rows = "".join(f'A{at};01/02/2024;"{text}";\n' for at, text in enumerate(amounts))
    ids, rejects = _read(_file(tmp_path, _HEADER + rows))
    assert ids == [f"A{at}" for at, good in enumerate(amounts.values()) if good]
    assert {(value, code) for _, code, _, value in rejects} == {
        ("12.50", "value.not_money"), ("1,234.50", "value.not_money"), ("1.2.3", "value.not_money"),
        ("$ 5,00", "value.not_money"), ("12,345", "value.part_of_a_cent"), (",", "value.not_money"),
    }  # fmt: skip


def test_a_line_of_a_hundred_thousand_columns_is_one_reject(tmp_path):
    text = _HEADER + _GOOD + ";".join(["x"] * 100_000) + "\nA3;03/02/2024;2,00;\n"
    ids, rejects = _read(_file(tmp_path, text))
    assert ids == ["A1", "A3"]
    assert rejects == [(3, "row.too_many_cells", "", "100000")]


def test_a_header_of_a_hundred_thousand_columns_is_refused(tmp_path):
    text = ";".join(f"c{at}" for at in range(100_000)) + "\n" + ";".join(["x"] * 100_000) + "\n"
    assert _refused(_file(tmp_path, text)) == "file.too_many_columns"


def test_a_nul_byte_rejects_its_row_alone(tmp_path):
    ids, rejects = _read(_file(tmp_path, _HEADER + _GOOD + "A2;02/02/2024;1,00;a\0b\nA3;03/02/2024;2,00;\n"))
    assert ids == ["A1", "A3"]
    assert [(line, code, column) for line, code, column, _ in rejects] == [(3, "text.nul", "nota")]


def test_a_line_without_end_is_passed_over_in_bounded_memory(tmp_path):
    path = _file(tmp_path, _HEADER + _GOOD + "x" * 3_000_000 + "\nA3;03/02/2024;2,00;\n")
    limits = Limits(block=1 << 12, row=1 << 16)
    lines, rejects = [], []
    for records in read_csv(path, limits=limits):
        lines += records.lines.tolist()
        rejects += [(reject.line, reject.code) for reject in records.rejects]
    assert lines == [2, 4]
    assert rejects == [(3, "row.too_long")]


def test_a_block_of_tiny_bad_rows_comes_in_pieces(tmp_path):
    path = _file(tmp_path, _HEADER + "x\n\n" * 200_000 + _GOOD)
    pieces = list(read_csv(path, Layout(delimiter=";")))
    assert max(len(records.rejects) for records in pieces) <= 50_000
    assert sum(len(records.rejects) for records in pieces) == 200_000
    assert [reject.line for records in pieces for reject in records.rejects] == list(range(2, 400_002, 2))
    assert pieces[-1].lines.tolist() == [400_002]


def test_ragged_rows_are_rejected_with_what_they_hold(tmp_path):
    path = _file(
        tmp_path, _HEADER + "A1;01/02/2024\n" + _GOOD.replace("A1", "A2") + "A3;01/02/2024;1,00;n;p;q\n"
    )
    batch = next(iter(mapping_reader({path.name: path}, read_mapping(_MAPPING)).batches()))
    assert [(r.line, r.code) for r in batch.rejects] == [(2, "row.too_few_cells"), (4, "row.too_many_cells")]
    assert batch.rejects[0].raw == {"numero": "A1", "data": "01/02/2024"}
    assert batch.rejects[1].raw["+2"] == "q"
    assert batch.rows["id"].to_pylist() == ["A2"]


def test_a_file_of_rejects_mended_reads_as_the_original_would(tmp_path):
    header = "numero;data;importo;nota;_file;_line;_column;_reason\n"
    text = header + "A1;01/02/2024;1,00;n;o.csv;3;data;value.not_a_time\n"
    path = _file(tmp_path, text)
    batch = next(iter(mapping_reader({path.name: path}, read_mapping(_MAPPING)).batches()))
    assert batch.rows["properties"].to_pylist() == ['{"nota":"n"}']


def _bomb(path: Path, size: int, *, lie: bool = False) -> Path:
    """A workbook whose sheet unpacks to `size` bytes; with `lie`, its directory declares ten bytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=False) as part:
            for _ in range(size // (1 << 20)):
                part.write(bytes(1 << 20))
    content = data.getvalue()
    if lie:
        content = content.replace(struct.pack("<L", size), struct.pack("<L", 10))
    path.write_bytes(content)
    return path


def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path):
    assert _refused(_bomb(tmp_path / "bomba.xlsx", 300 << 20)) == "file.bomb"


def test_a_zip_bomb_that_lies_about_its_size_is_refused_too(tmp_path):
    assert _refused(_bomb(tmp_path / "bomba.xlsx", 300 << 20, lie=True)) in {"file.bomb", "file.bad_excel"}


def test_entities_that_multiply_are_not_expanded(tmp_path):
    path = tmp_path / "risate.xlsx"
    entities = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ah">{entities}]><worksheet>&l9;</worksheet>'
    _workbook(path, [["numero"], ["A1"]])
    _replace(path, "xl/worksheets/sheet1.xml", bomb)
    assert _refused(path) in {"file.bad_excel", "file.no_header"}


def test_a_row_numbered_two_thousand_million_does_not_hang(tmp_path):
    path = tmp_path / "lontano.xlsx"
    _workbook(path, [["numero", "data", "importo"], ["A1", "01/02/2024", "1,00"]])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    _replace(path, "xl/worksheets/sheet1.xml", sheet.replace('<row r="2"', '<row r="2000000000"'))
    assert _refused(path) == "file.no_rows"


@pytest.mark.parametrize("content", [b"PK\x03\x04 not really", b"plain text", os.urandom(5000)])
def test_what_is_no_workbook_is_refused(content, tmp_path):
    assert _refused(_file(tmp_path, content, "ordini.xlsx")) == "file.bad_excel"


@pytest.mark.parametrize("content", [b"PAR1 not really PAR1", b"plain text"])
def test_what_is_no_parquet_is_refused(content, tmp_path):
    assert _refused(_file(tmp_path, content, "ordini.parquet")) == "file.bad_parquet"


def _workbook(path: Path, rows: list[list[object]]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def _replace(path: Path, part: str, text: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    parts[part] = text.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
