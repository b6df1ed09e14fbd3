"""A drawn curve says what the engine pays, at the very place where the value stands."""

from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.web.charts.test_laws import numbers_inside

from viaggio.incentive.curves import Curve, Shape, payout, read_curve
from viaggio.web.shared.charts import CurveWords, curve_chart

WORDS = CurveWords(
    title="Curve of the NPS",
    name="NPS",
    say=lambda value: f"{float(value):g}",
    share=lambda paid: f"{float(paid * 100):g}%",
)


@pytest.fixture(autouse=True, scope="module")
def in_english():
    with translation.override("en"):
        yield


CLIFF = read_curve({"points": [["30", "0.5"], ["36", "1"], ["42", "1.5"]]})
FALLING = read_curve({"points": [["8", "0"], ["5", "1"], ["3", "1.25"]], "direction": "down"})


def marks(markup: str, kind: str) -> list[ET.Element]:
    return [e for e in ET.fromstring(f"<r>{markup}</r>").iter() if kind in e.attrib.get("class", "").split()]


def rows(chart) -> list[tuple[str, ...]]:
    return list(chart.table.rows)


def test_the_table_names_threshold_target_cap_raw_and_credited():
    chart = curve_chart(CLIFF, WORDS, key="c", credited=Fraction("38"), raw=Fraction("41"))
    assert rows(chart) == [
        ("Below it", "·", "0%"),
        ("Threshold", "30", "50%"),
        ("Target", "36", "100%"),
        ("Cap", "42", "150%"),
        ("Raw", "41", "141.667%"),
        ("Credited", "38", "116.667%"),
    ]


def test_the_credited_point_lies_between_the_points_around_it_in_proportion():
    """38 is a third of the way from 36 to 42, so is its payout."""
    drawn = curve_chart(CLIFF, WORDS, key="c", credited=Fraction("38")).wide
    points = [(float(e.attrib["cx"]), float(e.attrib["cy"])) for e in marks(drawn, "ch-dot")]
    [spot] = marks(drawn, "ch-credited")
    (x1, y1), (x2, y2) = points[1:]
    assert float(spot.attrib["cx"]) == pytest.approx(x1 + (x2 - x1) / 3, abs=0.2)
    assert float(spot.attrib["cy"]) == pytest.approx(y1 + (y2 - y1) / 3, abs=0.2)


def test_a_cliff_is_a_dashed_jump_and_a_gentle_start_is_none():
    gentle = read_curve({"points": [["24", "0"], ["36", "1"]]})
    assert len(marks(curve_chart(CLIFF, WORDS, key="c").wide, "ch-before")) == 1
    assert marks(curve_chart(gentle, WORDS, key="c").wide, "ch-before") == []


def test_where_lower_is_better_the_cap_stands_on_the_left():
    drawn = curve_chart(FALLING, WORDS, key="c", credited=Fraction("4")).wide
    placed = {e.text: float(e.attrib["x"]) for e in marks(drawn, "ch-axis")}
    assert placed["cap"] < placed["target"] < placed["threshold"]
    assert rows(curve_chart(FALLING, WORDS, key="c"))[0] == ("Above it", "·", "0%")


def test_a_screen_reader_hears_every_point_and_what_is_credited():
    drawn = curve_chart(CLIFF, WORDS, key="c", credited=Fraction("33")).wide
    about = ET.fromstring(drawn).find("desc").text
    assert "30 pays 50%; 36 pays 100%; 42 pays 150%" in about
    assert "33, which pays 75%" in about


@st.composite
def curves(draw):
    count = draw(st.integers(1, 6))
    xs = sorted(draw(st.sets(st.integers(-1000, 1000), min_size=count, max_size=count)))
    ys = sorted(draw(st.lists(st.fractions(0, 3, max_denominator=100), min_size=count, max_size=count)))
    falling = draw(st.booleans())
    points = tuple(zip([Fraction(x) for x in (reversed(xs) if falling else xs)], ys, strict=True))
    return Curve(shape=draw(st.sampled_from(list(Shape))), points=points, falling=falling)


@given(curves(), st.fractions(-2000, 2000, max_denominator=50), st.fractions(-2000, 2000, max_denominator=50))
@settings(max_examples=60, deadline=None)
def test_any_curve_stays_inside_its_frame_and_says_what_is_paid(curve, credited, raw):
    chart = curve_chart(curve, WORDS, key="c", credited=credited, raw=raw)
    numbers_inside(chart.html)
    assert rows(chart)[-1] == ("Credited", WORDS.say(credited), WORDS.share(payout(curve, credited)))
