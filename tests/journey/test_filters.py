"""The filter language: what is written is read back, what is read is what holds, and mistakes are told."""

import pickle

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journey.filters import CODES, ROME, SEGMENTS, any_condition, asked, columns_of, holds, logs

from viaggio.journey import transitions
from viaggio.journey.filter import (
    Among,
    BadFilter,
    Did,
    During,
    Within,
    changed,
    condition_of,
    conditions,
    parts_of,
    population_part,
    read_filter,
    read_filters,
    without_part,
    write_filter,
)
from viaggio.journey.index import build_buckets
from viaggio.journey.where import Where, mask
from viaggio.kernel import Period, Population, UnknownDimension


@given(any_condition)
def test_a_filter_is_read_back_as_it_was_written(condition):
    text = write_filter(condition)
    assert read_filter(text) == condition
    assert write_filter(read_filter(text)) == text


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_its_place_and_the_way_out(text):
    refused = None
    try:
        condition = read_filter(text)
    except BadFilter as error:
        refused = error
    if refused is None:
        assert read_filter(write_filter(condition)) == condition
    else:
        assert 1 <= refused.at <= len(text) + 1
        assert refused.hint
        assert f"character {refused.at}" in refused.place


@settings(max_examples=300)
@given(logs, asked, st.sampled_from([1, 3]))
def test_the_mask_of_a_filter_is_what_holds_row_by_row(log, condition, buckets):
    keys = {value: np.array(members, np.int64) for value, members in SEGMENTS.items()}
    sets = {
        inner: np.unique(np.concatenate([np.empty(0, np.int64), *(keys.get(v, ()) for v in inner.values)]))
        for inner in conditions(condition)
        if isinstance(inner, Among) and inner.name == "segment"
    }
    odd = np.array([n for n, row in enumerate(log) if row.value == 299], np.int64)
    events = {
        inner: odd if "yes" in inner.values else odd[:0]
        for inner in conditions(condition)
        if isinstance(inner, Among) and inner.name == "property.Odd"
    }
    where = Where(condition=condition, zone=ROME, sets=sets, events=events)
    kept = []
    for bucket in build_buckets(columns_of(log), buckets):
        keep = mask(where, bucket, CODES)
        kept += bucket.key[keep if len(keep) else slice(None)].tolist()
    assert sorted(kept) == [n for n in range(len(log)) if holds(condition, log, n)]


def test_texts_fields_and_periods_narrow_each_other():
    columns = {
        "customer": np.array([1, 1, 2]),
        "time": np.array([0, 10, 20]),
        "touchpoint": np.array([0, 1, 1]),
        "channel": np.array([0, 0, 1]),
    }
    (bucket,) = build_buckets(columns, 1)
    where = Where(channels=("web",), condition=read_filter("customers who did checkout")).within((5, 30))
    assert mask(where, bucket, CODES).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("channel=web,app", "channel in (app, web)"),
        ("channel = web", "channel = web"),
        ("region=Reggio Emilia", 'region = "Reggio Emilia"'),
        ("region=Valle d'Aosta", 'region = "Valle d\'Aosta"'),
        ("b2b and phase = care", "segment = b2b and phase = care"),
        ("segment = B2C", "segment = B2C"),
        ("period 2026-Q3", "period = 2026-Q3"),
        ("period = 2026-07-01..2026-09-30", "period = 2026-Q3"),
        ("period in (2026-01, 2026-03)", "period = 2026-01 or period = 2026-03"),
        ("channel <> web", "channel != web"),
        ("not channel in (web, app)", "channel not in (app, web)"),
        ("not not device is empty", "device is empty"),
        ("value>=10.5", "value >= 10.50"),
        ("duration < 2 weeks", "duration < 14 days"),
        ("channel = web; device = phone", "channel = web and device = phone"),
        ("(channel = web and (phase = care))", "channel = web and phase = care"),
        (
            "channel = web or channel = app and phase = care",
            "channel = web or (channel = app and phase = care)",
        ),
        ("customers who did checkout", "customers who did checkout"),
        ("not customers who did checkout", "customers who did not checkout"),
        (
            "customers who did not (phase = care) at least 2 times in 2026",
            "customers who did not (phase = care) at least 2 times in 2026",
        ),
        (
            "customers who did checkout at most 2 times",
            "customers who did not checkout at least 3 times",
        ),
        (
            "customers who did checkout exactly 1 time",
            "customers who did checkout and customers who did not checkout at least 2 times",
        ),
        (
            "customers who did checkout, basket within 90 minutes after site, search in 2026-09",
            "customers who did basket, checkout within 90 minutes after search, site in 2026-09",
        ),
        (
            "customers who did all at least 5 times within 1 day of first",
            "customers who did all at least 5 times within 1 day of first",
        ),
        ("property.Team = sales and PROPERTY.x is empty", "property.Team = sales and property.x is empty"),
        ("customers who did property.Team = sales", "customers who did (property.Team = sales)"),
        ("moment = before, during, After", "moment in (after, before, during)"),
        ("", "all"),
        ("all", "all"),
    ],
)
def test_a_filter_has_one_canonical_text(text, canonical):
    assert write_filter(read_filter(text)) == canonical


def test_what_customers_did_is_read_into_its_parts():
    read = read_filter(
        "customers who did not delivery at least 2 times within 3 days before (channel = app) in 2026"
    )
    assert read.what == Did(
        what=Among("touchpoint", ("delivery",)),
        times=2,
        within=Within(micros=3 * 86_400_000_000, anchor=Among("channel", ("app",)), side="before"),
        during=Period.parse("2026"),
    )


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("chanel = web", 1, "Did you mean 'channel'?"),
        ("checkout", 1, "customers who did checkout"),
        ("channel = ", 11, "a value is missing"),
        ("channel in (web", 16, "Close the list"),
        ("channel = web device = phone", 22, "Join conditions with and, or."),
        ("channel = web and", 18, "a condition is missing"),
        ("channel > web", 9, "channel != ..."),
        ("channel = and", 11, "quotation marks"),
        ("channel = 'web", 11, "not closed"),
        ("value > much", 9, "10.50"),
        ("value > 1.005", 9, "10.50"),
        ("duration > 5", 12, "minutes, hours"),
        ("period = 2026-Q7", 10, "2026-Q3"),
        ("customer = ada", 12, "whole numbers"),
        ("(channel = web", 15, "character 1"),
        ("customers did x", 11, "customers who did"),
        ("customers who did x within 3 days", 21, "of first"),
        ("customers who did x at least two times", 30, "whole one"),
        ("customers who did x at least 2", 31, "at least 2 times"),
        ("channel = web ! device = phone", 15, "stands alone"),
        ("(" * 200 + "all", 61, "nested"),
        ("channel = " + "x" * 5000, 4000, "4000 characters"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_way_out(text, at, said):
    with pytest.raises(BadFilter) as caught:
        read_filter(text)
    assert caught.value.at == at
    assert said in str(caught.value)
    assert f"character {at}" in str(caught.value)


def test_a_filter_travels_to_other_machines():
    where = Where.parse("customers who did checkout within 1 day of first and period = 2026", zone=ROME)
    there = pickle.loads(pickle.dumps(where))
    assert (there.condition, there.zone) == (where.condition, ROME)


def test_a_name_that_the_journeys_do_not_have_is_told():
    (bucket,) = build_buckets({name: np.zeros(1, np.int64) for name in ("customer", "time", "touchpoint")}, 1)
    with pytest.raises(UnknownDimension, match="segment"):
        mask(Where.parse("segment = b2b"), bucket, CODES)


def test_a_filter_falls_into_parts_that_can_be_taken_away():
    condition = read_filters(["channel = web and customers who did checkout", "phase=care,purchase"])
    parts = parts_of(condition)
    assert [write_filter(part) for part in parts] == [
        "channel = web", "customers who did checkout", "phase in (care, purchase)",
    ]  # fmt: skip
    assert write_filter(without_part(condition, parts[1])) == "channel = web and phase in (care, purchase)"
    assert parts_of(read_filter("")) == ()
    population, rest = population_part(condition)
    assert population.key() == Population.parse(["channel=web", "phase=purchase,care"]).key()
    assert write_filter(rest) == "customers who did checkout"
    assert condition_of(population) == read_filter("channel = web and phase in (care, purchase)")


def test_leaves_are_changed_wherever_they_stand():
    condition = read_filter(
        "not channel = web or customers who did channel = web within 1 day of (channel = web)"
    )
    app = Among("channel", ("app",))
    there = changed(condition, lambda _: app)
    assert {inner for inner in conditions(there) if isinstance(inner, Among | During)} == {app}
    assert write_filter(there).count("app") == 3


def test_a_question_takes_a_filter_as_text():
    table = pa.table({
        "customer": ["ada", "ada", "ada", "bea", "bea"],
        "touchpoint": ["site", "basket", "checkout", "site", "basket"],
        "started_at": pa.array([0, 1, 2, 3, 4], pa.timestamp("s")),
    })  # fmt: skip
    found = transitions(table, where="customers who did not checkout").moves
    assert [(m.origin, m.target, m.moves) for m in found] == [("site", "basket", 1)]
    with pytest.raises(BadFilter):
        transitions(table, where="customers who paid")
