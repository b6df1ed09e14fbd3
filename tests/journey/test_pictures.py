"""What a notebook shows: valid SVG that says what the result says, readable on light and dark paper."""

import re
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import polars as pl
import pytest

import viaggio as vg
from viaggio.drawing.alone import COLOURS

TOKENS = Path(__file__).parents[2] / "src/viaggio/web/static/viaggio/tokens.css"
SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<b>&shop"


def log() -> pd.DataFrame:
    """Twelve customers: all come, eight look, five buy, some come back a month later."""
    rows = []
    for i in range(12):
        start = pd.Timestamp("2026-01-05 10:00") + pd.Timedelta(days=i)
        ways = ["ad", NASTY, *(["basket"] if i < 8 else []), *(["order"] if i < 5 else [])]
        rows += [(f"c{i}", place, start + pd.Timedelta(minutes=5 * k)) for k, place in enumerate(ways)]
        if i % 3 == 0:
            rows += [(f"c{i}", "ad", start + pd.Timedelta(days=days)) for days in (30, 60, 90)]
    frame = pd.DataFrame(rows, columns=["customer", "touchpoint", "started_at"])
    channel = frame.touchpoint.map({"ad": "social", NASTY: "web", "basket": "web", "order": "app"})
    return frame.assign(channel=channel, phase="discovery")


@pytest.fixture(scope="module")
def results():
    journeys = vg.journey.from_table(log())
    steps = ["ad", "basket", "order"]
    return {
        "flow": vg.journey.flow(journeys, before=0, after=3),
        "around": vg.journey.flow(journeys, anchor="basket", which="first", before=2, after=1, top=1),
        "funnel": vg.journey.funnel(journeys, steps=steps, within=timedelta(days=7)),
        "segments": vg.journey.funnel(journeys, steps=steps, by="channel"),
        "retention": vg.journey.retention(journeys, unit="month"),
        "return": vg.journey.return_curve(journeys, after="ad", back="ad"),
        "attribution": vg.journey.attribution(journeys, conversion="order", by="touchpoint"),
    }


def drawn(result) -> ET.Element:
    return ET.fromstring(result._repr_svg_())


def words(svg: ET.Element) -> list[str]:
    return [element.text or "" for element in svg.iter(f"{SVG}text")]


def test_flow_says_who_is_in_each_place_goes_on_and_leaves(results):
    for name in ("flow", "around"):
        found, said = results[name], words(drawn(results[name]))
        assert {f"{stop.flows:,}" for stop in found.stops} <= set(said)
        assert {stop.name for stop in found.stops} <= set(said)
        lost = [e.text for e in drawn(found).iter(f"{SVG}text") if "ch-lost" in e.get("class")]
        assert sorted(lost) == sorted(f"−{s.flows:,}" for s in found.streams if s.target == "(left)")
        bands = [e for e in drawn(found).iter(f"{SVG}path") if "ch-ribbon" in e.get("class", "")]
        going = [s for s in found.streams if s.target != "(left)" and s.origin != "(entered)"]
        assert len(bands) == len(going) > 0


def test_funnel_has_a_bar_as_long_as_the_share_of_each_step(results):
    svg, steps = drawn(results["funnel"]), results["funnel"].steps
    bars = [float(e.get("width")) for e in svg.iter(f"{SVG}rect") if e.get("class") == "ch-bar"]
    assert [step.reached for step in steps] == [12, 8, 5]
    assert [bar / bars[0] for bar in bars] == pytest.approx([step.of_all for step in steps], abs=0.002)
    for step in steps:
        assert f"{step.step} {step.name}" in words(svg)
        assert f"{step.reached} · {100 * step.of_all:.1f} %" in words(svg)
    assert len([e for e in svg.iter(f"{SVG}line") if e.get("class") == "ch-whisker"]) == 2


def test_funnel_by_segment_has_a_group_for_each(results):
    said = words(drawn(results["segments"]))
    assert [group.segment for group in results["segments"].segments] == ["social"]
    assert "social" in said


def test_curves_go_through_the_shares(results):
    overall = [cell for cell in results["retention"].overall if cell.period and cell.share is not None]
    days = results["return"].days
    assert overall
    for result, shares in (
        (results["retention"], [cell.share for cell in overall]),
        (results["return"], [day.share for day in days]),
    ):
        svg = drawn(result)
        (line,) = [e.get("d") for e in svg.iter(f"{SVG}path") if e.get("class") == "ch-line"]
        heights = [float(point.split()[1]) for point in line.removeprefix("M").split("L")]
        floor, top = 260 - 26, 12
        assert [(floor - y) / (floor - top) for y in heights] == pytest.approx(shares, abs=0.001)


def test_attribution_shows_every_credit_or_counts_it_among_the_others(results):
    found = results["attribution"]
    svg = drawn(found)
    credited = [float(text.split(" · ")[0].replace(",", "")) for text in words(svg) if " · " in text]
    models = {credit.model for credit in found.credits}
    assert sum(credited) == pytest.approx(found.conversions * len(models), abs=0.05 * len(credited))
    assert models <= set(words(svg))
    for credit in found.credits:
        assert f"{credit.conversions:,.1f} · {100 * credit.share:.1f} %" in words(svg)


def test_the_numbers_stand_below_the_drawing(results):
    for result in results.values():
        page = ET.fromstring(f"<div>{result._repr_html_()}</div>")
        assert page.find(f"{SVG}svg") is not None
        rows = page.findall(".//tbody/tr")
        assert len(rows) == result.table().num_rows
        assert [head.text for head in page.iter("th")] == result.table().column_names


def test_every_mark_has_its_style_and_every_drawing_ids_of_its_own(results):
    ids: list[str] = []
    for result in results.values():
        svg = drawn(result)
        style = svg.find(f"{SVG}style").text
        classes = {name for e in svg.iter() for name in e.get("class", "").split()} - {"vg-alone"}
        assert all(re.search(rf"\.{name}\b", style) for name in classes), classes
        assert "prefers-color-scheme:dark" in style
        ids += [e.get("id") for e in svg.iter() if e.get("id")]
        assert svg.get("aria-labelledby") in ids
    assert len(ids) == len(set(ids))


def test_colours_are_those_of_the_pages():
    pages = dict(re.findall(r"--([\w-]+): light-dark\((#\w+, #\w+)\)", TOKENS.read_text(encoding="utf-8")))
    assert {name: ", ".join(pair) for name, pair in COLOURS.items()} == {n: pages[n] for n in COLOURS}


def test_pandas_polars_and_arrow_tables_are_drawn_the_same(results):
    frame = log()
    for table in (frame, pl.from_pandas(frame)):
        assert vg.journey.flow(table, before=0, after=3)._repr_svg_() == results["flow"]._repr_svg_()


def test_nothing_to_draw_is_not_drawn():
    nothing = vg.journey.from_table(log().iloc[:0])
    flow = vg.journey.flow(nothing, before=0, after=2)
    assert (flow._repr_svg_(), flow._repr_html_()) == (None, None)
    nobody = vg.journey.funnel(log(), steps=["ad", "order"], where="channel in ()")
    assert nobody._repr_svg_() is None
