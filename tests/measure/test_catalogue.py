"""Every metric of the catalogue against a value worked out by hand, and without any data."""

import itertools
import re
from pathlib import Path

import pyarrow as pa
import pytest
from tests.measure.company import COMPANY, CONTRACTS, PERIOD

import viaggio as vg
from viaggio.kernel import DIMENSIONS, Flag, Period, Unit, UnknownMetric
from viaggio.measure.catalogue import CATALOGUE, metric

BY_HAND = {
    # slug: (value, n)
    "nps": (25.0, 4),  # 2 promoters, 1 detractor of 4
    "csat_top": (0.6, 5),
    "csat_mean": (3.6, 5),
    "ces": (14 / 3, 3),
    "review_score": (10 / 3, 3),
    "pillar_personalisation": (200 / 3, 3),  # (100 + 50) / 2 = 75, and 50, and 75
    "pillar_expectations": (75.0, 1),
    "pillar_time_effort": (75.0, 1),
    "pillar_integrity": (75.0, 1),
    "pillar_resolution": (75.0, 1),
    "pillar_empathy": (75.0, 1),
    "cx_index": (75.0, 1),  # p3 alone has all six
    "revenue": (34000, 6),  # l1 l2 l3 l6 l7, and o6 (no lines): 3000 - 1000
    "revenue_growth": (34000 / 7000 - 1, 6),  # against o4 and o7
    "orders": (5, 5),
    "average_order": (8500, 4),  # 34000 over o1 o2 o5 o6
    "order_lines": (6, 6),
    "line_value": (37000, 6),
    "freight": (1100, 5),
    "payments": (10000, 2),
    "payments_count": (2, 2),
    "repeat_purchase": (2 / 3, 3),  # c1 and c3, not c2
    "retention": (0.5, 2),  # c3 stays, c4 goes
    "churn": (0.5, 2),
    "cross_sell": (11000, 4),  # hats to c1, bags to c3
    "up_sell": (2000, 2),  # shoes at 6000 after 5000, two hats at 2500 after 2000
    "conversion": (2 / 3, 3),
    "pages_per_visit": (3.0, 3),
    "pages_to_goal": (4.0, 2),
    "bounce": (0.5, 2),
    "time_on_site": (35.25, 2),
    "searches_without_result": (0.5, 2),
    "back_and_forth": (0.5, 2),
    "rage_clicks": (0.5, 2),
    "dead_ends": (0.5, 2),  # c2 gave up at the basket, which is no dead end
    "ease_of_exploring": (52.085, 2),  # (1/2 + 0 + 1 + 0) / 4 = 37.5 and (1 + 0 + 1) / 3 = 66.67
    "on_time_delivery": (0.5, 2),
    "late_orders": (1, 2),
    "delivered_orders": (2, 5),
    "first_contact_resolution": (2 / 3, 3),  # t1 and i4, not t2; the end of t3 is unknown
    "contacts_per_order": (1.0, 5),
    "service_cost_per_customer": (400, 4),  # (1000 + 300 + 200 + 100) over c1 c2 c3 c5
    "customers": (4, 4),
    "interactions": (14, 14),
}


def _read(slug, **options):
    tables = {**COMPANY, **options.pop("tables", {})}
    return vg.measure.read(slug, options.pop("period", PERIOD), inactive_days=60, **options, **tables)


def test_every_metric_is_worked_out_by_hand():
    assert set(BY_HAND) == set(CATALOGUE)


@pytest.mark.parametrize("slug", CATALOGUE)
def test_metric_has_the_value_worked_out_by_hand(slug):
    (reading,) = _read(slug)
    value, n = BY_HAND[slug]
    assert reading.n == n
    assert reading.value == pytest.approx(value, abs=1e-9)
    assert reading.unit is CATALOGUE[slug].unit
    assert reading.period == Period.parse(PERIOD)
    if reading.unit in {Unit.CENTS, Unit.COUNT}:
        assert isinstance(reading.value, int)
        assert Flag.CENSUS in reading.flags
        assert reading.low is None
    elif slug == "revenue_growth":
        assert reading.low is None
    else:
        assert reading.low < reading.value + 1e-9
        assert reading.high > reading.value - 1e-9
    assert (Flag.BELOW_MINIMUM in reading.flags) == (n < CATALOGUE[slug].min_n)


@pytest.mark.parametrize("slug", CATALOGUE)
def test_metric_without_data_has_no_value(slug):
    (reading,) = _read(slug, period="2030")
    assert (reading.value, reading.n, reading.low, reading.high) == (None, 0, None, None)
    assert reading.flags == {Flag.NO_DATA}


@pytest.mark.parametrize("slug", CATALOGUE)
def test_metric_of_empty_tables_has_no_value(slug):
    empty = {name: table.slice(0, 0) for name, table in COMPANY.items()}
    (reading,) = vg.measure.read(slug, PERIOD, **empty)
    assert (reading.value, reading.flags) == (None, {Flag.NO_DATA})


@pytest.mark.parametrize("slug", CATALOGUE)
def test_metric_can_be_cut_by_all_of_its_dimensions(slug):
    declared = CATALOGUE[slug]
    extra = {name: ["north"] for name in declared.dimensions - {"delivery"}}
    tables = {name: _with_columns(table, extra) for name, table in COMPANY.items()}
    dimensions = sorted(declared.dimensions)
    for by in itertools.zip_longest(dimensions[::2], dimensions[1::2]):
        names = tuple(name for name in by if name)
        groups = vg.measure.read(slug, PERIOD, by=names, inactive_days=60, minimum_cell=1, **tables)
        assert groups
        assert all(tuple(name for name, _ in reading.by) == names for reading in groups)
        if declared.unit is Unit.COUNT and slug != "customers":
            assert sum(reading.value or 0 for reading in groups) == BY_HAND[slug][0]


def _with_columns(table, columns):
    for name, (value,) in columns.items():
        if name not in table.column_names:
            table = table.append_column(name, pa.repeat(value, table.num_rows))
    return table


@pytest.mark.parametrize("slug", CATALOGUE)
def test_metric_is_declared_in_full(slug):
    declared = CATALOGUE[slug]
    assert declared.dimensions <= set(DIMENSIONS)
    assert re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", declared.definition)
    assert len(declared.about) > 20
    assert set(declared.covered_by) <= set(declared.needs)
    assert declared.version >= 1


@pytest.mark.parametrize("slug", CATALOGUE)
def test_metric_is_documented(slug):
    docs = Path(__file__).parents[2] / "docs"
    for page in ("reference/metrics.md", "it/riferimento/indicatori.md"):
        assert f"`{slug}`" in (docs / page).read_text(encoding="utf-8")


def test_contracts_decide_retention_where_there_are_any():
    (reading,) = _read("retention", tables={"contracts": CONTRACTS})
    assert (reading.value, reading.n) == (0.75, 4)  # k1 k3 k5 of k1 k2 k3 k5
    (lost,) = _read("churn", tables={"contracts": CONTRACTS})
    assert (lost.value, lost.n) == (0.25, 4)


def test_a_cost_booked_and_stated_on_the_contact_counts_once():
    sources = pa.array(["books"] * COMPANY["interactions"].num_rows)
    booked = COMPANY["interactions"].append_column("source", sources)
    (reading,) = _read("service_cost_per_customer", tables={"interactions": booked})
    assert (reading.value, reading.n) == (250, 4)


def test_orders_without_any_recorded_contact_have_no_contacts_per_order():
    quiet = COMPANY["touchpoints"].slice(1)  # no touchpoint where customers turn to us
    (reading,) = _read("contacts_per_order", tables={"touchpoints": quiet})
    assert (reading.value, reading.flags) == (None, {Flag.NO_DATA})


def test_unknown_metric_names_the_near_one():
    with pytest.raises(UnknownMetric, match="Did you mean 'revenue'"):
        metric("revenu")
