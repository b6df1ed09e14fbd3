"""Tiles show what a company has and what the filter allows."""

from datetime import date

import pytest
from django.utils import translation

from viaggio.kernel import Period
from viaggio.measure.catalogue import CATALOGUE
from viaggio.web.journey.services.overview import MOST_TILES, tile_slugs
from viaggio.web.shared.desk import bins_of, step_of
from viaggio.web.shared.names import METRICS
from viaggio.web.shared.trends import bin_label
from viaggio.web.shared.voices import masked, tone_of


def test_a_shop_with_orders_and_reviews_shows_what_it_has():
    has = frozenset({"orders", "revenue", "review_score", "on_time_delivery", "average_order"})
    assert tile_slugs(has) == ["review_score", "on_time_delivery", "revenue", "orders", "average_order"]


def test_tiles_are_few_and_lead_with_what_customers_say():
    slugs = tile_slugs(frozenset(CATALOGUE))
    assert len(slugs) == MOST_TILES
    assert slugs[0] == "nps"


def test_a_filter_leaves_out_figures_that_it_cannot_cut():
    slugs = tile_slugs(frozenset(CATALOGUE), frozenset({"phase"}))
    assert all("phase" in CATALOGUE[slug].dimensions for slug in slugs)
    assert "revenue" not in slugs


def test_every_metric_of_the_catalogue_has_a_name_and_a_definition():
    assert set(CATALOGUE) <= set(METRICS)


@pytest.mark.parametrize(
    ("period", "step"),
    [
        ("2026-10-01..2026-10-14", "day"),
        ("2026-Q3", "week"),
        ("2025-11..2026-10", "month"),
        ("2020..2026", "quarter"),
    ],
)
def test_a_trend_has_few_bins(period, step):
    span = Period.parse(period)
    assert step_of(span) == step
    assert 2 <= len(bins_of(span)) <= 40


def test_months_on_the_axis_are_short_and_january_carries_its_year():
    january, march = Period.parse("2026-01"), Period.parse("2026-03")
    with translation.override("it"):
        assert [bin_label(p, "month") for p in (january, march)] == ["gen 26", "mar"]
    with translation.override("en"):
        assert [bin_label(p, "month") for p in (january, march)] == ["Jan 26", "Mar"]
        assert bin_label(Period(date(2026, 3, 2), date(2026, 3, 9)), "week") == "2 Mar"


@pytest.mark.parametrize(
    ("value", "low", "high", "tone"),
    [
        (6, 0, 10, "det"),
        (7, 0, 10, "pas"),
        (9, 0, 10, "pro"),
        (2, 1, 5, "det"),
        (3, 1, 5, "pas"),
        (4, 1, 5, "pro"),
    ],
)
def test_a_score_is_coloured_as_the_scale_says(value, low, high, tone):
    assert tone_of(value, float(low), float(high)) == tone


def test_addresses_and_numbers_in_a_comment_are_masked():
    assert (
        masked("Scrivete a ada.neri@example.com o 347 123 4567, ordine 12")
        == "Scrivete a ••• o •••, ordine 12"
    )
