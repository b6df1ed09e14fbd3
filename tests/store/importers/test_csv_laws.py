"""Any table of text reads back the same; the fast and the careful way of reading agree."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from viaggio.kernel import BadFile
from viaggio.store.importers.codes import CODES
from viaggio.store.importers.delimited import read_csv
from viaggio.store.importers.layout import Layout
from viaggio.store.importers.records import Limits

_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1")
_CELLS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs",)), max_size=12
)
_TRICKY = st.text(alphabet="ab,;\t|\" \r\n'=\u2028\u00e0\x0b\x1c", max_size=8)
_SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# small limits, so that rows and characters fall across the borders of blocks
_SMALL = Limits(block=64)


def _read(
    path: Path, layout: Layout, limits: Limits = _SMALL
) -> tuple[list[list[str]], list[int], list[str]]:
    rows, lines, codes = [], [], []
    for records in read_csv(path, layout, limits=limits):
        rows += [
            list(row)
            for row in zip(*(cells.values.to_pylist() for cells in records.columns.values()), strict=True)
        ]
        lines += records.lines.tolist()
        codes += [reject.code for reject in records.rejects]
    return [[cell or "" for cell in row] for row in rows], lines, codes


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 5))
    row = st.lists(st.one_of(_CELLS, _TRICKY), min_size=width, max_size=width)
    return draw(st.lists(row, min_size=1, max_size=12))


@_SETTINGS
@given(
    table=tables(),
    delimiter=st.sampled_from([",", ";", "\t", "|", "§", "x"]),
    encoding=st.sampled_from(_ENCODINGS),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_any_table_of_text_reads_back_the_same(table, delimiter, encoding, ending, quoting, tmp_path):
    if encoding in {"cp1252", "latin-1"}:
        table = [[cell.encode(encoding, "ignore").decode(encoding) for cell in row] for row in table]
        delimiter = ";" if delimiter == "§" and encoding == "x" else delimiter
    if any(end in cell for row in table for cell in row for end in "\r\n"):
        quoting = csv.QUOTE_ALL  # Python 3.12 leaves a lone end of line bare, which no reader can know
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=quoting)
    writer.writerow([f"c{at}" for at in range(len(table[0]))])
    writer.writerows(table)
    path = tmp_path / "t.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    rows, lines, codes = _read(path, Layout(encoding=encoding, delimiter=delimiter))
    assert codes == []
    assert rows == table
    assert lines == _lines(table, text.getvalue(), delimiter)


def _lines(table: list[list[str]], text: str, delimiter: str) -> list[int]:
    """Line of each row, counted by the standard library."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines, at = [], 1
    for row in reader:
        if row:
            lines.append(at)
        at = reader.line_num + 1
    return lines[1:]


@_SETTINGS
@given(body=st.text(alphabet='ab,"\n\r\u00e0', max_size=60))
@example(body='a,"b\nb,a\n')
@example(body='"a,b\n"')
@example(body='a,b\n""a,b\n')
@example(body="a,b\r")
def test_reading_in_blocks_is_reading_at_once(body, tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(("x,y\n" + body).encode())
    layout = Layout(encoding="utf-8", delimiter=",")
    if not body.strip("\r\n"):
        with pytest.raises(BadFile, match="nothing below"):
            _read(path, layout)
        return
    assert _read(path, layout, Limits(block=7)) == _read(path, layout, Limits())


@_SETTINGS
@given(body=st.text(alphabet='ab,"\n\r\u00e0', max_size=60))
def test_every_row_read_is_a_row_of_the_standard_library_or_follows_a_reject(body, tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(("x,y\n" + body).encode())
    reader = csv.reader(io.StringIO("x,y\n" + body, newline=""), strict=True)
    try:
        expected = [row for row in reader if row][1:]
    except csv.Error:
        return
    try:
        rows, _, codes = _read(path, Layout(encoding="utf-8", delimiter=","))
    except BadFile:
        assert not expected
        return
    assert rows == [row for row in expected if len(row) == 2]
    assert len(codes) == sum(len(row) != 2 for row in expected)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-8"])
def test_the_encoding_of_plain_italian_is_found(encoding, tmp_path):
    path = tmp_path / "t.csv"
    rows = [["perché", "più tardi"], ["città", "«così» – 5 €"]] * 20
    text = "nota;testo\n" + "".join(";".join(row) + "\n" for row in rows)
    path.write_bytes(text.encode(encoding))
    read, _, codes = _read(path, Layout(), Limits())
    assert codes == []
    assert read == rows


@_SETTINGS
@given(content=st.binary(min_size=1, max_size=200), header=st.binary(max_size=20))
@example(content=b"\xff\xfea\0,\0b\0\n\0\xd8", header=b"")  # UTF-16 that ends in half a character
@example(content=b"a,b\n\x80\x81,\n" * 3, header=b"")
def test_any_bytes_are_rows_and_rejects_or_a_bad_file(content, header, tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(header + content)
    try:
        rows, lines, codes = _read(path, Layout())
    except BadFile as error:
        rows, lines, codes = [], [], [error.code]
    assert len(rows) == len(lines)
    assert lines == sorted(set(lines))
    assert set(codes) <= set(CODES)
