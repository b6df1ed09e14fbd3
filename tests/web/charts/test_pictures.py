"""Every drawing is well-formed, safe and shows the numbers that it was given."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from django.utils.html import strip_tags

from viaggio.web.shared.charts import (
    Bar,
    Cell,
    Dot,
    Event,
    Flow,
    HeatRow,
    Link,
    Node,
    Point,
    Stop,
    bars,
    dot_plot,
    flow_chart,
    heat_map,
    sparkline,
    the_line,
    timeline,
    trend,
)

PHASES = {
    "discovery": "Scoperta",
    "purchase": "Acquisto",
    "care": "Assistenza",
    "maintenance": "Manutenzione",
}
NASTY = '<script>alert("x")</script>&'


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(f"<root>{markup}</root>")


def words(markup: str) -> list[str]:
    return [text for element in parsed(markup).iter() if (text := (element.text or "").strip())]


def whole(value: float) -> str:
    return f"{value:.0f}"


def a_trend(name: str = "NPS"):
    points = [
        Point(label="gen", name="gennaio 2026", value=31.0, low=25.0, high=37.0, n=200, before=30.0),
        Point(label="feb", name="febbraio 2026", value=None, n=0, before=28.0),
        Point(label="mar", name="marzo 2026", value=38.0, low=33.0, high=43.0, n=250, before=None),
        Point(label="apr", name="aprile 2026", value=41.0, low=36.0, high=46.0, n=240, before=33.0),
    ]
    return trend(points, key="t", title=name, about="come si legge", name=name, say=whole, base="risposte")


def a_flow(name: str = "Carrello"):
    nodes = (
        Node(
            slug="search",
            name="Ricerca",
            phase="discovery",
            column=0,
            n=100,
            lost=30,
            href="/touchpoints/search/",
        ),
        Node(slug="cart", name=name, phase="purchase", column=1, n=70, lost=10, href="/touchpoints/cart/"),
        Node(slug="call", name="Telefono", phase="care", column=2, n=25, lost=25),
        Node(slug="visit", name="Tecnico", phase="maintenance", column=3, n=35, lost=0),
    )
    links = (Link("search", "cart", 70), Link("cart", "call", 25), Link("cart", "visit", 35))
    return flow_chart(
        Flow(nodes, links), key="f", title="Percorsi", about="spessore = clienti", phases=PHASES, count=str
    )


def every_drawing(name: str) -> dict[str, str]:
    history = [
        Event(at=1.0, when="1 gen", phase="care", what=name),
        Event(at=5.0, when="5 gen", phase="x", what="y"),
    ]
    stops = [Stop(phase=p, name=name, value="38", base="n 10", href="/?phase=care") for p in PHASES]
    return {
        "trend": a_trend(name).html,
        "flow": a_flow(name).html,
        "line": the_line(stops),
        "spark": sparkline([1.0, None, 3.0, 2.0]),
        "bars": bars([Bar(label=name, n=3)], key="b", title=name, about=name, count=str, share=whole).html,
        "dots": dot_plot(
            [Dot(name=name, href="/", value=5.0, said="5", n=3)], title=name, say=whole, limits=(0, 10)
        ),
        "heat": heat_map(
            [HeatRow(name=name, href="/", cells=(Cell(said=name),))], [name], title=name, corner=name
        ),
        "time": timeline(
            history, key="l", title=name, about=name, phases=PHASES, ends=("1 gen", "5 gen")
        ).html,
    }


@pytest.mark.parametrize("kind", list(every_drawing("x")))
def test_a_drawing_is_well_formed_and_escapes_what_it_is_given(kind: str):
    markup = every_drawing(NASTY)[kind]
    root = parsed(markup)
    assert not [e.tag for e in root.iter() if e.tag in {"script", "style", "foreignObject"}]
    assert not [e.tag for e in root.iter() for a in e.attrib if a == "style" or a.startswith("on")]


@pytest.mark.parametrize("kind", list(every_drawing("x")))
def test_ids_in_a_drawing_are_unique_and_references_lead_somewhere(kind: str):
    root = parsed(every_drawing("NPS")[kind])
    ids = [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
    assert len(ids) == len(set(ids))
    wanted = {
        e.attrib[a] for e in root.iter() for a in ("aria-labelledby", "aria-describedby") if a in e.attrib
    }
    wanted |= set(re.findall(r"url\(#([^)]+)\)", ET.tostring(root, encoding="unicode")))
    assert wanted <= set(ids)


@pytest.mark.parametrize("kind", list(every_drawing("x")))
def test_an_image_has_a_title_and_holds_nothing_to_focus(kind: str):
    for picture in parsed(every_drawing("NPS")[kind]).iter("svg"):
        if picture.attrib.get("role") == "img":
            assert picture.find("title") is not None
            assert picture.find("desc") is not None
            assert picture.find(".//a") is None
        elif picture.attrib.get("role") != "group":
            assert picture.attrib["aria-hidden"] == "true"


def test_the_trends_table_holds_every_value_and_says_where_there_is_none():
    rows = [[c.text or "" for c in row] for row in parsed(a_trend().html).iter("tr")][1:5]
    assert rows == [
        ["gennaio 2026", "31", "25", "37", "200", "30"],
        ["febbraio 2026", "·", "·", "·", "0", "28"],
        ["marzo 2026", "38", "33", "43", "250", "·"],
        ["aprile 2026", "41", "36", "46", "240", "33"],
    ]


def test_the_trend_breaks_its_line_where_there_is_no_value():
    lines = [e for e in parsed(a_trend().wide).iter("path") if e.attrib["class"] == "ch-line"]
    assert [line.attrib["d"].count("L") + 1 for line in lines] == [1, 2]


def test_the_trend_labels_its_last_value_at_the_line_itself():
    ends = [e.text for e in parsed(a_trend().wide).iter("text") if "ch-end" in e.attrib["class"]]
    assert ends == ["NPS 41"]


def test_points_lie_where_their_values_say():
    """Equal steps of value are equal steps of height, upwards."""
    points = [Point(label=str(v), name=str(v), value=float(v), n=1) for v in (10, 20, 30, 40)]
    drawn = trend(points, key="t", title="x", about="y", name="NPS", say=whole, base="n").wide
    heights = [float(e.attrib["cy"]) for e in parsed(drawn).iter("circle")]
    steps = [a - b for a, b in pairwise(heights)]
    assert steps == pytest.approx([steps[0]] * 3, abs=0.2)
    assert steps[0] > 0


def test_the_flow_shows_each_number_and_how_many_leave():
    shown = words(a_flow().wide)
    assert {"100", "70", "25", "35"} <= set(shown)
    assert [w for w in shown if w.startswith("−")] == ["−30", "−10", "−25"]


def test_ribbons_are_as_thick_as_their_customers():
    ribbons = [
        e.attrib["d"] for e in parsed(a_flow().wide).iter("path") if "ch-ribbon" in e.attrib.get("class", "")
    ]
    thick = []
    for path in ribbons:
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", path)]
        thick.append(numbers[8] - numbers[7])
    assert min(thick) / max(thick) == pytest.approx(25 / 70, rel=0.05)


def test_the_step_list_names_every_touchpoint_in_order_with_its_losses():
    text = " ".join(strip_tags(a_flow().narrow).split())
    assert text.index("Ricerca") < text.index("Carrello") < text.index("Telefono") < text.index("Tecnico")
    assert "30" in text


def test_only_the_chosen_stop_is_current():
    stops = [
        Stop(phase=p, name=n, value="1", base="", href="/", current=p == "care") for p, n in PHASES.items()
    ]
    current = [a for a in parsed(the_line(stops)).iter("a") if "aria-current" in a.attrib]
    assert [link.find("span").text for link in current] == ["Assistenza"]


def test_each_phase_has_its_own_shape():
    stops = [Stop(phase=p, name=n, value="1", base="", href="/") for p, n in PHASES.items()]
    marks = [next(e.tag for e in svg) for svg in parsed(the_line(stops)).iter("svg")]
    assert marks == ["circle", "rect", "polygon", "polygon"]
    first, second = [e.attrib["points"] for e in parsed(the_line(stops)).iter("polygon")]
    assert (len(first.split()), len(second.split())) == (3, 4)


def test_a_dot_row_says_interval_and_value_before_in_words():
    dot = Dot(
        name="Integrità", href="/", value=78.0, said="78", n=9, low=75.0, high=81.0, before=74.0, target=80.0
    )
    text = " ".join(strip_tags(dot_plot([dot], title="x", say=whole, limits=(0, 100))).split())
    assert all(number in text for number in ("75", "81", "74", "80", "78"))


def test_a_cell_without_a_value_says_why():
    row = HeatRow(
        name="Negozio", href="/", cells=(Cell(said=None, reason="troppo pochi"), Cell(said="71", href="/a"))
    )
    root = parsed(heat_map([row], ["Web", "App"], title="x", corner="y"))
    cells = ["".join(td.itertext()) for td in root.iter("td")]
    assert cells == ["·troppo pochi", "71"]


def test_a_bar_is_as_tall_as_its_number():
    drawn = bars(
        [Bar(label="0", n=10), Bar(label="1", n=40), Bar(label="2", n=0)],
        key="b", title="x", about="y", count=str, share=lambda s: f"{s:.2f}",
    )  # fmt: skip
    heights = [float(e.attrib["height"]) for e in parsed(drawn.wide).iter("rect")]
    assert heights[1] == pytest.approx(4 * heights[0], rel=0.02)
    assert heights[2] == 0
    assert [row[2] for row in drawn.table.rows] == ["0.20", "0.80", "0.00"]


def test_nothing_is_drawn_without_values():
    assert sparkline([None, None]) == ""
    assert sparkline([3.0]) == ""
    assert "svg" in trend([], key="t", title="x", about="y", name="NPS", say=whole, base="n").html
