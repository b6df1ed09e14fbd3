"""Online shoppers: expected numbers were counted with the standard library's csv module, not with recipes."""

import json
from collections import Counter
from datetime import UTC, datetime

import duckdb
import pytest

from viaggio import measure
from viaggio.store.recipes import BadOption


@pytest.fixture
def sessions(take, samples):
    return take("online_shoppers", samples / "online_shoppers")


def conversion(taken, **where) -> float:
    outcome = [row["converted"] for row in taken.rows("visits", **where)]
    return sum(outcome) / len(outcome)


def test_each_session_is_one_visit_and_each_purchase_one_more_interaction(sessions):
    assert sessions.counts() == {"touchpoints": 2, "visits": 42, "interactions": 42 + 7}
    assert Counter(sessions["visits"]["converted"].to_pylist()) == {True: 7, False: 35}
    assert Counter(sessions["visits"]["returning"].to_pylist()) == {True: 35, False: 7}
    phases = Counter(sessions["interactions"]["phase"].to_pylist())
    assert phases == {"discovery": 42, "purchase": 7}


def test_pages_and_seconds_are_sums_over_the_three_kinds_of_page(sessions):
    assert sum(sessions["visits"]["pages"].to_pylist()) == 1_603
    assert sum(sessions["visits"]["seconds"].to_pylist()) == pytest.approx(54_354.427, abs=0.001)


def test_session_stands_in_its_month_of_the_year_given_and_says_how_fine_that_is(take, samples):
    got = take("online_shoppers", samples / "online_shoppers", year="2016")
    months = Counter(row["started_at"].month for row in got.rows("visits"))
    assert months == {5: 11, 11: 8, 3: 6, 12: 6, 2: 3, 9: 3, 6: 2, 10: 2, 7: 1}
    first = got.rows("visits")[0]
    assert first["started_at"] == datetime(2016, 2, 1, 12, tzinfo=UTC)
    kept = json.loads(first["properties"])
    assert (kept["time_precision"], kept["Month"], kept["BounceRates"]) == ("month", "Feb", "0.2")


def test_sessions_alike_in_every_cell_stay_two(sessions):
    names = [visitor.rsplit("-", 1) for visitor in sessions["visits"]["visitor"].to_pylist()]
    assert Counter(number for _, number in names) == {"1": 41, "2": 1}


def test_ids_do_not_depend_on_the_place_in_the_file(take, samples, tmp_path, sessions):
    header, *rows = (samples / "online_shoppers/online_shoppers_intention.csv").read_text().splitlines()
    (tmp_path / "online_shoppers_intention.csv").write_text("\n".join([header, *reversed(rows)]) + "\n")
    turned = take("online_shoppers", tmp_path)
    assert set(turned["visits"]["id"].to_pylist()) == set(sessions["visits"]["id"].to_pylist())


def test_purchase_ends_the_session_that_led_to_it(sessions):
    visits = {row["episode"]: row for row in sessions.rows("interactions", touchpoint="site_visit")}
    for purchase in sessions.rows("interactions", touchpoint="online_purchase"):
        visit = visits[purchase["episode"]]
        assert purchase["started_at"] >= visit["ended_at"]
        assert purchase["started_at"] > visit["started_at"]
        assert visit["outcome"] == "converted"


def test_unknown_month_and_half_a_page_are_rejected(take, samples, tmp_path):
    header, first, second, *rows = (
        (samples / "online_shoppers/online_shoppers_intention.csv").read_text().splitlines()
    )
    second = "1.5" + second[second.index(",") :]
    text = "\n".join([header, first.replace("Feb", "Brumaire"), second, *rows]) + "\n"
    (tmp_path / "online_shoppers_intention.csv").write_text(text)
    got = take("online_shoppers", tmp_path)
    assert [(r.line, r.code, r.column, r.value) for r in got.rejects] == [
        (2, "value.not_allowed", "Month", "Brumaire"),
        (3, "value.not_whole", "Administrative", "1.5"),
    ]
    assert got["visits"].num_rows == 40


def test_year_that_is_none_is_refused(take, samples):
    with pytest.raises(BadOption, match="'MMXVII' is not a year"):
        take("online_shoppers", samples / "online_shoppers", year="MMXVII")


@pytest.mark.shared
def test_whole_set_gives_the_published_conversion(take, shared_data):
    got = take("online_shoppers", shared_data / "online_shoppers")
    assert got["visits"].num_rows == 12_330
    assert round(100 * conversion(got), 2) == 15.47
    assert round(100 * conversion(got, returning=False), 1) == 24.9
    assert round(100 * conversion(got, returning=True), 1) == 13.9
    assert got.rejects == ()


FILE = """
select count(*) as n, avg("Revenue"::int) as conversion, avg(pages) as pages_per_visit,
    avg(pages) filter ("Revenue") as pages_to_goal, avg((pages <= 1)::int) as bounce,
    avg(seconds) as time_on_site
from (select *, "Administrative" + "Informational" + "ProductRelated" as pages,
    "Administrative_Duration" + "Informational_Duration" + "ProductRelated_Duration" as seconds
    from read_csv($file))
"""
INSIDE = ("searches_without_result", "back_and_forth", "rage_clicks", "dead_ends", "ease_of_exploring")


@pytest.mark.shared
def test_digital_figures_of_the_whole_set_equal_sql_on_the_file(take, shared_data):
    """What happens inside a session the set does not tell, so there is no figure for it, and no zero."""
    folder = shared_data / "online_shoppers"
    got = take("online_shoppers", folder)
    file = str(folder / "online_shoppers_intention.csv.gz")
    (expected,) = duckdb.sql(FILE, params={"file": file}).to_arrow_table().to_pylist()
    assert expected.pop("n") == 12_330
    for slug, value in expected.items():
        (reading,) = measure.read(slug, visits=got["visits"])
        assert reading.value == pytest.approx(value, rel=1e-9)
    assert round(100 * expected["conversion"], 2) == 15.47
    for slug in INSIDE:
        (reading,) = measure.read(slug, interactions=got["interactions"])
        assert (reading.value, reading.n) == (None, 0)
