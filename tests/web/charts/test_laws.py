"""Whatever the values, a drawing holds no NaN and stays inside its frame."""

import math
import re
from itertools import pairwise
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from viaggio.drawing.flow_layout import layout
from viaggio.drawing.scale import Scale, around, ticks
from viaggio.web.shared.charts import (
    Bar,
    Dot,
    Flow,
    Link,
    Node,
    Point,
    Spot,
    bars,
    dot_plot,
    flow_chart,
    matrix,
    sparkline,
    trend,
)
from viaggio.web.shared.charts.line import ORDER
from viaggio.web.shared.charts.matrix import Words

values = st.one_of(st.none(), st.floats(-1e12, 1e12, allow_nan=False))
finite = st.floats(-1e9, 1e9, allow_nan=False)
names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40)
BEYOND = 3.0  # a dot's radius and the stroke may reach over the frame's edge


def numbers_inside(markup: str) -> None:
    root = ET.fromstring(f"<root>{markup}</root>")
    assert "nan" not in "".join(
        f"{v}" for e in root.iter() for k, v in e.attrib.items() if k not in {"id", "class", "href"}
    )
    for svg in root.iter("svg"):
        if "viewBox" not in svg.attrib:
            continue
        _x, _y, width, height = (float(n) for n in svg.attrib["viewBox"].split())
        for mark in svg.iter():
            for name, most in (("x", width), ("x1", width), ("x2", width), ("cx", width)):
                inside(mark, name, most)
            for name, most in (("y", height), ("y1", height), ("y2", height), ("cy", height)):
                inside(mark, name, most)


def inside(mark: ET.Element, name: str, most: float) -> None:
    if (text := mark.attrib.get(name)) and not text.endswith("%"):
        assert -BEYOND <= float(text) <= most + BEYOND, (mark.tag, name, text)


@given(st.lists(st.tuples(values, values, values, values, names), max_size=30))
@settings(max_examples=60)
def test_a_trend_stays_inside_its_frame(rows):
    points = [
        Point(label=name[:6], name=name, value=v, low=low, high=high, before=before, n=1)
        for v, low, high, before, name in rows
    ]
    numbers_inside(
        trend(points, key="t", title="a", about="b", name="NPS", say="{:.0f}".format, base="n").html
    )


@given(st.lists(values, max_size=40))
def test_a_sparkline_stays_inside_its_frame(series):
    numbers_inside(sparkline(series))


@given(st.lists(st.integers(0, 10**9), max_size=20))
def test_bars_stay_inside_their_frame(counts):
    data = [Bar(label=str(i), n=n) for i, n in enumerate(counts)]
    numbers_inside(bars(data, key="b", title="a", about="b", count=str, share=str).html)


@given(st.lists(st.tuples(values, values, values, values), max_size=6))
def test_dots_lie_between_the_ends_of_their_row(rows):
    dots = [Dot(name="x", href="/", value=a, said="", n=1, low=b, high=c, before=d) for a, b, c, d in rows]
    markup = dot_plot(dots, title="x", say=str, limits=(0, 100))
    assert all(0 <= float(share) <= 100 for share in re.findall(r'"(-?[\d.]+|nan)%"', markup))


@st.composite
def flows(draw):
    count = draw(st.integers(1, 12))
    nodes = tuple(
        Node(
            slug=f"n{i}", name=draw(names), phase=draw(st.sampled_from(ORDER)),
            column=draw(st.integers(0, 6)), n=draw(st.integers(0, 10**6)), lost=draw(st.integers(0, 10**6)),
        )
        for i in range(count)
    )  # fmt: skip
    pairs = [(a.slug, b.slug) for a in nodes for b in nodes if a.column < b.column]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=15)) if pairs else []
    return Flow(nodes, tuple(Link(a, b, draw(st.integers(1, 10**6))) for a, b in chosen))


@given(flows())
@settings(max_examples=80, deadline=None)
def test_a_flow_stays_inside_its_frame(flow):
    chart = flow_chart(flow, key="f", title="a", about="b", phases={}, count=str, height=700)
    numbers_inside(chart.wide)


@given(flows())
@settings(max_examples=80, deadline=None)
def test_boxes_of_one_column_do_not_overlap_and_ribbons_leave_inside_their_box(flow):
    placed = layout(flow, top=60, height=800)
    for column in {node.column for node in flow.nodes}:
        boxes = sorted((b for b in placed.boxes.values() if b.node.column == column), key=lambda b: b.top)
        for upper, lower in pairwise(boxes):
            assert upper.top + upper.height <= lower.top + 1e-6
    for ribbon in placed.ribbons:
        source, target = placed.boxes[ribbon.link.source], placed.boxes[ribbon.link.target]
        assert source.top - 1e-6 <= ribbon.leaves <= source.top + source.height + 1e-6
        assert ribbon.arrives + ribbon.thickness <= target.top + target.height + 1e-6


@given(finite, finite)
def test_ticks_are_few_and_between_the_bounds(a, b):
    low, high = around([a, b])
    marks = ticks(low, high)
    span = high - low
    assert len(marks) <= 12
    assert all(low - 1e-6 * span <= mark <= high + 1e-6 * span for mark in marks)


@given(finite, finite, finite)
def test_a_scale_keeps_every_value_between_its_ends(a, b, value):
    scale = Scale(min(a, b), max(a, b), 10, 90)
    assert math.isfinite(scale(value))
    assert 10 <= scale(value) <= 90


@given(
    st.lists(st.tuples(finite, finite, st.floats(0, 1e9), names), max_size=12),
    st.sampled_from(["", *ORDER]),
)
@settings(max_examples=60)
def test_a_matrix_stays_inside_its_frame(rows, sign):
    spots = [
        Spot(name=name, x=x, y=y, x_range=(x - wide, x + wide), y_range=(y - wide, y + wide), sign=sign)
        for x, y, wide, name in rows
    ]
    words = Words(x="x", y="y", say_x=lambda v: f"{v:.0f}", say_y=lambda v: f"{v:.0f}")
    chart = matrix(spots, words, key="k", title="t", about="a")
    points = re.findall(r'class="ph-fill', chart.wide)
    assert len(points) == len(rows)
    for drawing in (chart.wide, chart.narrow):
        marks = re.sub(r"<text.*?</text>", "", drawing)  # names may reach over the edge, marks may not
        numbers_inside(marks)
