"""Laws of values: money is exact, times are the standard library's, JSON and ids keep what they hold."""

# ruff: noqa: DTZ001, DTZ007 -- times without a zone are what is tested

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from viaggio.store.importers.amounts import read_cents, read_numbers
from viaggio.store.importers.properties import as_json, content_ids
from viaggio.store.importers.records import Cells, named_columns
from viaggio.store.importers.times import compile_format, parse_times
from viaggio.store.importers.zones import to_utc
from viaggio.store.tabular import safe_text

_EPOCH = datetime(1970, 1, 1)
_SETTINGS = settings(deadline=None)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _written(amount: Decimal, decimal: str, *, grouped: bool) -> str:
    text = f"{amount:,.2f}" if grouped else f"{amount:.2f}"
    return text.translate(str.maketrans(",.", ".,")) if decimal == "," else text


@_SETTINGS
@given(
    cents=st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=20),
    decimal=st.sampled_from([",", "."]),
    grouped=st.booleans(),
)
@example(cents=[110, 115, 1005, 29, 57, -7], decimal=",", grouped=False)  # wrong by a cent as floats
def test_every_amount_comes_back_to_the_cent(cents, decimal, grouped):
    texts = pa.array([_written(Decimal(cent).scaleb(-2), decimal, grouped=grouped) for cent in cents])
    read, valid, finer = read_cents(texts, decimal)
    assert valid.all()
    assert not finer.any()
    assert read.tolist() == cents


@_SETTINGS
@given(amount=st.decimals(-(10**9), 10**9, places=6), rounding=st.sampled_from(["half_even", "half_up"]))
def test_parts_of_a_cent_are_seen_and_rounded_only_as_told(amount, rounding):
    texts = pa.array([f"{amount:.6f}"])
    _, valid, finer = read_cents(texts, ".")
    assert valid.all()
    assert finer[0] == (amount * 100 != int(amount * 100))
    read, _, _ = read_cents(texts, ".", rounding=rounding)
    assert int(read[0]) == int((amount * 100).quantize(Decimal(1), rounding=f"ROUND_{rounding.upper()}"))


@_SETTINGS
@given(st.text(alphabet="0123456789.,+-− '€EUR", max_size=12))
def test_a_text_is_an_amount_in_the_style_stated_or_none_at_all(text):
    read, valid, finer = read_cents(pa.array([text]), ",", currency="EUR")
    if valid[0] and not finer[0]:
        plain = text.replace("€", "").replace("EUR", "").replace("−", "-")
        sign = -1 if "-" in plain else 1
        digits = "".join(mark for mark in plain if mark in "0123456789,").replace(",", ".")
        assert int(read[0]) == sign * Decimal(digits) * 100


@_SETTINGS
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_numbers_are_the_nearest_floats(number):
    text = f"{number:.17f}".rstrip("0").rstrip(".")
    read, valid = read_numbers(pa.array([text]), ".")
    assert valid[0]
    assert read[0] == float(text)


_FORMATS = (
    "%d/%m/%Y", "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%d.%m.%y %H:%M", "%Y%m%d", "%Y%m%d%H%M%S",
    "%I:%M %p %d-%m-%Y", "%d/%m/%Y %H:%M:%S.%f", "%d %b %Y",
)  # fmt: skip
_MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31))


@_SETTINGS
@given(moment=_MOMENTS, text=st.sampled_from(_FORMATS))
def test_what_the_standard_library_writes_is_read_alike(moment, text):
    written = moment.strftime(text)
    moments = parse_times(pa.array([written, None, ""]), text)
    assert moments.valid.tolist() == [True, False, False]
    assert moments.micros[0] == _micros(datetime.strptime(written, text))


@_SETTINGS
@given(
    parts=st.tuples(
        st.integers(0, 40), st.integers(0, 14), st.integers(1, 9999), st.integers(0, 25), st.integers(0, 61)
    )
)
@example(parts=(29, 2, 1900, 0, 0))
@example(parts=(31, 4, 2024, 0, 0))
@example(parts=(31, 12, 2024, 24, 0))
def test_a_date_that_the_calendar_does_not_have_is_none(parts):
    day, month, year, hour, minute = parts
    written = f"{day:02d}/{month:02d}/{year:04d} {hour:02d}:{minute:02d}"
    moments = parse_times(pa.array([written]), "%d/%m/%Y %H:%M")
    try:
        expected = _micros(datetime(year, month, day, hour, minute))
    except ValueError:
        assert not moments.valid[0]
    else:
        assert moments.valid[0]
        assert moments.micros[0] == expected


@_SETTINGS
@given(moment=st.datetimes(), offset=st.integers(-23 * 60, 23 * 60), gap=st.sampled_from([" ", "T"]))
def test_iso_times_with_an_offset_are_fixed_to_it(moment, offset, gap):
    sign = "-" if offset < 0 else "+"
    written = f"{moment.isoformat(gap)}{sign}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"
    moments = parse_times(pa.array([written]), "iso")
    assert moments.valid[0]
    assert moments.zoned[0]
    assert moments.micros[0] - moments.offset[0] == _micros(moment) - offset * 60_000_000


@pytest.mark.parametrize(
    "written", ["2024-1-5", "2024-01-05x", "05-01-2024", "2024-01-05 9:05", "2024-13-05", " 2024-01-05"]
)
def test_what_is_not_iso_to_the_letter_is_none(written):
    assert not parse_times(pa.array([written]), "iso").valid[0]


@pytest.mark.parametrize("bad", ["%d/%m", "%Q", "%d/%m/%Y %I:%M", "%d %d %m %Y", "gg/mm/aaaa", "%H:%M"])
def test_a_format_without_a_whole_date_is_refused(bad):
    with pytest.raises(ValueError, match=r"."):
        compile_format(bad)


def test_italian_and_english_month_names_are_known():
    moments = parse_times(
        pa.array(["1 gen 2024", "1 Settembre 2024", "1 Sep 2024", "1 foo 2024"]), "%d %b %Y"
    )
    assert moments.valid.tolist() == [True, True, True, False]


def test_counted_times_are_exact():
    assert parse_times(pa.array(["1700000000.123456", "-1"]), "unix").micros.tolist() == [
        1_700_000_000_123_456,
        -1_000_000,
    ]
    assert parse_times(pa.array(["1700000000123"]), "unix_ms").micros.tolist() == [1_700_000_000_123_000]


@_SETTINGS
@given(
    moments=st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), min_size=1, max_size=30),
    zone=st.sampled_from(
        ["Europe/Rome", "UTC", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata"]
    ),
)
def test_local_times_become_utc_as_the_standard_library_has_it(moments, zone):
    local = np.array([_micros(moment) for moment in moments], dtype=np.int64)
    for later in (False, True):
        utc, _, _ = to_utc(local, zone, later=later)
        for moment, found in zip(moments, utc, strict=True):
            aware = moment.replace(tzinfo=ZoneInfo(zone), fold=0)
            if later and aware.utcoffset() > aware.replace(fold=1).utcoffset():
                aware = aware.replace(fold=1)
            assert int(found) == _micros(aware.astimezone(UTC).replace(tzinfo=None))


def test_the_two_hours_of_the_clock_change_are_told():
    local = [datetime(2024, 3, 31, 2, 30), datetime(2024, 10, 27, 2, 30), datetime(2024, 7, 1, 2, 30)]
    utc, twice, never = to_utc(np.array([_micros(m) for m in local], dtype=np.int64), "Europe/Rome")
    assert never.tolist() == [True, False, False]
    assert twice.tolist() == [False, True, False]
    shown = [(_EPOCH + timedelta(microseconds=int(m))).isoformat() for m in utc]
    assert shown == ["2024-03-31T01:30:00", "2024-10-27T00:30:00", "2024-07-01T00:30:00"]


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=10)


@_SETTINGS
@given(
    names=st.lists(
        st.text(min_size=1, max_size=5).filter(lambda t: t.isprintable()), min_size=1, max_size=4, unique=True
    ),
    data=st.data(),
)
def test_properties_hold_every_filled_cell_and_nothing_else(names, data):
    rows = data.draw(st.integers(1, 5))
    cells = {name: data.draw(st.lists(st.none() | _TEXTS, min_size=rows, max_size=rows)) for name in names}
    columns = {
        name: Cells(pa.array([text or None for text in texts], pa.string())) for name, texts in cells.items()
    }
    for at, text in enumerate(as_json(columns, rows).to_pylist()):
        filled = {name: texts[at] for name, texts in cells.items() if texts[at]}
        assert (json.loads(text) if text else {}) == filled


@_SETTINGS
@given(rows=st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1, max_size=10))
def test_rows_share_an_id_exactly_when_their_cells_are_the_same(rows):
    columns = {
        name: Cells(pa.array([row[at] or None for row in rows], pa.string()))
        for at, name in enumerate(("a", "b"))
    }
    ids = content_ids(columns, len(rows)).to_pylist()
    turned = content_ids(dict(reversed(columns.items())), len(rows)).to_pylist()
    assert ids == turned
    assert len(set(ids)) == len(set(rows))


@given(st.lists(st.sampled_from(["a", "a (1)", "", "b", " a ", "column 1"]), max_size=8))
def test_column_names_become_unique_and_stay_in_order(names):
    unique = named_columns(names)
    assert len(set(unique)) == len(unique) == len(names)
    assert all(new.startswith(name.strip()) for name, new in zip(names, unique, strict=True))


@given(st.text())
def test_safe_text_never_starts_like_a_formula_and_loses_nothing(text):
    safe = safe_text(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert safe.removeprefix("'") == text or safe == text
