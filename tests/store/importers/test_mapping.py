"""A mapping says where every value comes from; its mistakes are named with their place."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from viaggio.kernel import BadMapping
from viaggio.store.contracts import FACTS, incoming_schema
from viaggio.store.importers import mapping_reader, preview, read_mapping
from viaggio.store.importers.codes import CODES

_ORDERS = """
timezone = "Europe/Rome"
currency = "EUR"
decimal = ","

[[table]]
name = "orders"
id = { template = "{negozio}-{numero}" }
where = [{ column = "stato", in = ["evaso", "spedito"] }]
[table.columns]
customer_number = "cliente"
ordered_at = { column = "data", format = "%d/%m/%Y %H:%M" }
total_cents = "importo"
channel = { column = "canale", codes = { sito = "web", negozio = "store" }, default = "phone" }

[[table]]
name = "interactions"
id = { template = "{negozio}-{numero}-acquisto" }
[table.columns]
customer_number = "cliente"
touchpoint = { value = "checkout" }
channel = { column = "canale", codes = { sito = "web", negozio = "store" }, default = "phone" }
phase = { value = "purchase" }
moment = { value = "during" }
started_at = { column = "data", format = "%d/%m/%Y %H:%M" }
episode = "numero"

[[table]]
name = "interactions"
id = { template = "{negozio}-{numero}-consegna" }
where = [{ column = "consegna", filled = true }]
[table.columns]
customer_number = "cliente"
touchpoint = { value = "delivery" }
channel = { value = "courier" }
phase = { value = "purchase" }
moment = { value = "during" }
started_at = { column = "consegna", format = "%d/%m/%Y" }
episode = "numero"
"""
_ROWS = """negozio;numero;cliente;stato;data;importo;canale;consegna;nota
MI;1;C1;evaso;01/02/2024 10:00;10,50;sito;03/02/2024;a "b"
MI;2;C2;annullato;02/02/2024 10:00;20,00;negozio;;
MI;3;C3;spedito;03/02/2024 10:00;30,00;;31/02/2024;
MI;4;C4;evaso;04/02/2024 10:00;40,00;posta;;
MI;5;C5;evaso;05/02/2024 10:00;50,00;;06/02/2024;
"""


def _file(tmp_path: Path, text: str, name: str = "ordini.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def _tables(path: Path, mapping: str):
    tables, rejects, reads = {}, [], 0
    for batch in mapping_reader({path.name: path}, read_mapping(mapping)).batches():
        if batch.rows is not None:
            assert batch.rows.schema == incoming_schema(FACTS[batch.table])
            tables.setdefault(batch.table, []).extend(batch.rows.to_pylist())
        rejects += batch.rejects
        reads += batch.read
    return tables, rejects, reads


def test_one_file_feeds_several_tables_and_a_bad_row_feeds_none(tmp_path):
    tables, rejects, read = _tables(_file(tmp_path, _ROWS.replace(';a "b"', ";nota")), _ORDERS)
    assert [row["id"] for row in tables["orders"]] == ["MI-1", "MI-5"]
    assert [row["id"] for row in tables["interactions"]] == [
        "MI-1-acquisto", "MI-2-acquisto", "MI-5-acquisto", "MI-1-consegna", "MI-5-consegna",
    ]  # fmt: skip
    assert [(r.line, r.code, r.column, r.value) for r in rejects] == [
        (4, "value.not_a_time", "consegna", "31/02/2024"),
        (5, "value.unknown_code", "canale", "posta"),
    ]
    assert rejects[0].raw["cliente"] == "C3"
    assert read == 5
    assert tables["orders"][1]["channel"] == "phone"


def test_what_no_table_takes_and_what_codes_translate_is_kept_as_written(tmp_path):
    tables, _, _ = _tables(_file(tmp_path, _ROWS.replace('a "b"', '"a ""b"""')), _ORDERS)
    kept = json.loads(tables["orders"][0]["properties"])
    assert kept == {"negozio": "MI", "stato": "evaso", "canale": "sito", "nota": 'a "b"'}


def test_columns_left_out_are_not_kept(tmp_path):
    tables, _, _ = _tables(
        _file(tmp_path, _ROWS.replace('a "b"', "n")), 'leave_out = ["nota", "stato"]\n' + _ORDERS
    )
    assert set(json.loads(tables["orders"][0]["properties"])) == {"negozio", "canale"}


def test_the_same_file_gives_the_same_batches(tmp_path):
    path = _file(tmp_path, _ROWS.replace('a "b"', "n"))
    reader = mapping_reader({path.name: path}, read_mapping(_ORDERS))
    first, second = list(reader.batches()), list(reader.batches())
    assert [(b.table, b.rejects, b.read, b.bytes_read) for b in first] == [
        (b.table, b.rejects, b.read, b.bytes_read) for b in second
    ]
    assert all(a.rows.equals(b.rows) for a, b in zip(first, second, strict=True))


_MINIMAL = """
timezone = "Europe/Rome"
currency = "EUR"
[[table]]
name = "costs"
[table.columns]
kind = { value = "service" }
amount_cents = { column = "a" }
incurred_at = { column = "d", format = "iso" }
"""


def _costs(tmp_path: Path, rows: str, mapping: str = _MINIMAL):
    return _tables(_file(tmp_path, "d,a\n" + rows, "costi.csv"), mapping)


def test_rows_without_an_id_are_known_by_their_content(tmp_path):
    tables, _, _ = _costs(tmp_path, "2024-01-01,1.00\n2024-01-01,1.00\n2024-01-01,2.00\n")
    ids = [row["id"] for row in tables["costs"]]
    assert ids[0] == ids[1] != ids[2]


def test_a_needed_value_that_is_empty_rejects_its_row(tmp_path):
    tables, rejects, _ = _costs(tmp_path, "2024-01-01,\n ,1.00\n2024-01-01,1.00\n")
    assert len(tables["costs"]) == 1
    assert [(r.line, r.code, r.column) for r in rejects] == [
        (2, "value.missing", "a"),
        (3, "value.missing", "d"),
    ]


def test_times_with_their_own_offset_need_no_zone(tmp_path):
    tables, _, _ = _costs(
        tmp_path, "2024-01-01T10:00:00Z,1\n2024-01-01T10:00:00+05:30,1\n2024-01-01 10:00,1\n"
    )
    assert [row["incurred_at"].strftime("%H:%M") for row in tables["costs"]] == ["10:00", "04:30", "09:00"]


@pytest.mark.parametrize(
    ("line", "taken", "codes"),
    [
        ("", ["01:30", "00:30"], []),
        ('two_hours = "later"', ["01:30", "01:30"], []),
        ('two_hours = "reject"', ["01:30"], ["value.two_hours"]),
        ('no_hour = "reject"', ["00:30"], ["value.no_such_hour"]),
    ],
)
def test_the_hours_of_the_clock_change_are_decided_by_the_mapping(line, taken, codes, tmp_path):
    mapping = _MINIMAL.replace("[[table]]", f"{line}\n[[table]]")
    tables, rejects, _ = _costs(tmp_path, "2024-03-31 02:30,1\n2024-10-27 02:30,1\n", mapping)
    assert [row["incurred_at"].strftime("%H:%M") for row in tables["costs"]] == taken
    assert [reject.code for reject in rejects] == codes


@pytest.mark.parametrize(
    ("option", "text", "cents"),
    [
        ('unit = "cents"', "1234", 1234),
        ('rounding = "half_even"', "0.125", 12),
        ('rounding = "half_up"', "0.125", 13),
        ('decimal = ","', "€ 1.234", 123400),
        ('default = "9.99"', "", 999),
        ('empty = ["n/d"], default = "1"', "n/d", 100),
    ],
)
def test_amounts_are_read_as_the_mapping_says(option, text, cents, tmp_path):
    mapping = _MINIMAL.replace('column = "a"', f'column = "a", {option}')
    tables, rejects, _ = _costs(tmp_path, f'2024-01-01,"{text}"\n', mapping)
    assert rejects == []
    assert tables["costs"][0]["amount_cents"] == cents


@pytest.mark.parametrize(
    ("change", "place", "hint"),
    [
        (('"costs"', '"cost"'), "table 1", "costs"),
        (("kind =", "kinds ="), "table 1 (costs).columns.kinds", "kind"),
        (("format =", "formatt ="), "table 1 (costs).columns.incurred_at", "format"),
        (('"iso"', '"%d/%m"'), "table 1 (costs).columns.incurred_at", "iso"),
        (('"iso"', '"?"'), "table.1.columns.incurred_at.format", "answer"),
        (("Europe/Rome", "Europe/Roma"), "timezone", "Europe/Rome"),
        (("EUR", "euro"), "currency", "EUR"),
        (('column = "a"', 'column = "a", unit = "euros"'), "table 1 (costs).columns.amount_cents", "units"),
        (('column = "a"', 'column = "a", value = "1"'), "table 1 (costs).columns.amount_cents", ""),
        (('value = "service"', 'value = "service", format = "iso"'), "table 1 (costs).columns.kind", ""),
        (('currency = "EUR"', ""), "table 1 (costs)", "currency"),
        (('timezone = "Europe/Rome"', ""), "table 1 (costs).columns.incurred_at", "timezone"),
        (('amount_cents = { column = "a" }', ""), "table 1 (costs)", ""),
        (
            ('kind = { value = "service" }', 'function = { value = "care" }'),
            "table 1 (costs).columns.function",
            "customer_care",
        ),
        (("[[table]]", "[file]\nheader = [1, 3]\n[[table]]"), "file.header", ""),
        (("[[table]]", '[file]\nformat = "cvs"\n[[table]]'), "file", "csv"),
        (('name = "costs"', 'name = "costs"\nwhere = [{ column = "a" }]'), "table 1 (costs).where", ""),
        (('name = "costs"', 'name = "costs"\nid = { template = "x" }'), "table 1 (costs).id", ""),
    ],
)
def test_a_mistake_in_a_mapping_is_named_with_its_place(change, place, hint):
    assert change[0] in _MINIMAL
    with pytest.raises(BadMapping) as error:
        read_mapping(_MINIMAL.replace(*change))
    assert error.value.place == place
    assert hint in error.value.hint


@pytest.mark.parametrize("text", ["", "x = [", 'table = "orders"', "[table]\nname = 'orders'"])
def test_what_is_no_mapping_is_refused(text):
    with pytest.raises(BadMapping):
        read_mapping(text)


def test_a_column_that_the_file_lacks_is_named_with_the_nearest_before_any_row_is_read(tmp_path):
    good, bad = (
        _file(tmp_path, "d,a\n2024-01-01,1\n", "uno.csv"),
        _file(tmp_path, "d,aa\n2024-01-01,1\n", "due.csv"),
    )
    reader = mapping_reader({"uno.csv": good, "due.csv": bad}, read_mapping(_MINIMAL))
    with pytest.raises(BadMapping) as error:
        next(iter(reader.batches()))
    assert error.value.place == "table 1 (costs).amount_cents"
    assert "due.csv" in error.value.what
    assert "'aa'" in error.value.hint


def test_a_preview_counts_without_reading_on(tmp_path):
    path = _file(tmp_path, _ROWS.replace('a "b"', "n"))
    seen = preview(mapping_reader({path.name: path}, read_mapping(_ORDERS)))
    assert (seen.read, seen.rows, seen.whole) == (5, {"orders": 2, "interactions": 5}, True)
    assert seen.rejects == {"value.not_a_time": 1, "value.unknown_code": 1}
    assert isinstance(seen.first["orders"], pa.Table)
    assert [reject.line for reject in seen.examples] == [4, 5]


def test_every_mapping_given_as_an_example_reads():
    examples = sorted((Path(__file__).parents[3] / "examples" / "mappings").glob("*.toml"))
    assert examples
    for path in examples:
        assert read_mapping(path).tables


def test_codes_are_unique_and_explained():
    assert all(CODES.values())
    assert all(code.count(".") == 1 for code in CODES)
