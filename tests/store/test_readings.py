"""Readings of a workspace: asked once, told apart by facts and settings, the same as without a workspace."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
from tests.measure.company import COMPANY, PERIOD

import viaggio as vg
from viaggio.kernel import Flag, Period, Population, UnknownDimension, UnknownMetric
from viaggio.measure.catalogue import CATALOGUE, Tables
from viaggio.measure.notebook import _complete
from viaggio.store import readings
from viaggio.store.contracts import FACTS
from viaggio.store.workspace import Settings, Workspace, create

FEBRUARY = Period.parse("2026-02")
BOTH = Period.parse(PERIOD)


@dataclass
class CountingEngine:
    """The company of the metric tests in DuckDB; counts the questions it is asked."""

    workspace: Workspace
    version: str = "one"
    asked: list[str] = field(default_factory=list)
    company: dict[str, pa.Table] = field(default_factory=lambda: COMPANY)

    def __post_init__(self) -> None:
        self._backend = ibis.duckdb.connect()
        self._tables = {}
        for name, contract in FACTS.items():
            given = self.company.get(name, pa.table({"id": pa.array([], pa.string())}))
            table = _complete(contract, given, self.workspace.zone)
            self._backend.con.register(name, table)
            self._tables[name] = ibis.table(ibis.Schema.from_pyarrow(table.schema), name=name)

    def tables(self):
        return Tables(**self._tables)

    def run(self, expression):
        query = self._backend.compile(expression)
        self.asked.append(query)
        return self._backend.con.sql(query).to_arrow_table()


@pytest.fixture
def engine(tmp_path):
    return CountingEngine(create(tmp_path / "ws", Settings(name="Prova", timezone="UTC", inactive_days=60)))


@pytest.mark.parametrize("slug", CATALOGUE)
def test_a_workspace_and_a_notebook_give_the_same_reading(engine, slug):
    by_engine = readings.read_one(engine, slug, BOTH)
    (by_notebook,) = vg.measure.read(slug, PERIOD, inactive_days=60, **COMPANY)
    assert by_engine == by_notebook


def test_where_no_source_tells_its_visits_they_are_made_of_interactions(engine, tmp_path):
    """c1 opened four pages, and c2 four; the sources of the company tell other visits, which come first."""
    silent = {name: table for name, table in COMPANY.items() if name != "visits"}
    alone = CountingEngine(create(tmp_path / "silent", engine.workspace.settings), company=silent)
    for slug, told, made in (("bounce", (0.5, 2), (0.0, 2)), ("pages_per_visit", (3.0, 3), (4.0, 2))):
        for asked, expected in ((engine, told), (alone, made)):
            found = readings.read_one(asked, slug, BOTH)
            assert (found.value, found.n) == expected
    assert readings.read_one(alone, "conversion", BOTH).value == 0.0
    (web,) = readings.read(alone, "pages_per_visit", [BOTH], by=("channel",), minimum_cell=1)
    assert (web.by, web.n) == ((("channel", "web"),), 2)


def test_a_question_is_asked_once(engine):
    first = readings.read(engine, "nps", [BOTH, FEBRUARY], by=("channel",))
    asked = len(engine.asked)
    assert readings.read(engine, "nps", [BOTH, FEBRUARY], by=("channel",)) == first
    assert len(engine.asked) == asked


def test_metrics_of_the_same_rows_share_a_question(engine):
    readings.read(engine, "nps", [BOTH])
    asked = len(engine.asked)
    readings.read_many(engine, ["csat_top", "csat_mean", "ces", "review_score"], [BOTH])
    assert len(engine.asked) == asked


def test_new_facts_are_asked_again(engine):
    readings.read_one(engine, "orders", BOTH)
    asked = len(engine.asked)
    engine.version = "two"
    readings.read_one(engine, "orders", BOTH)
    assert len(engine.asked) > asked


def test_other_settings_give_other_readings(engine):
    kept = readings.read_one(engine, "retention", BOTH)
    patient = replace(engine.workspace, settings=replace(engine.workspace.settings, inactive_days=365))
    other = readings.read_one(CountingEngine(patient), "retention", BOTH)
    assert (kept.value, other.value) == (0.5, 1.0)


def test_a_changed_answer_does_not_change_what_is_remembered(engine):
    first = readings.read(engine, "nps", [BOTH])
    first.clear()
    assert len(readings.read(engine, "nps", [BOTH])) == 1


def test_overlapping_periods_come_in_the_order_asked(engine):
    january = Period.parse("2026-01")
    found = readings.read(engine, "orders", [BOTH, FEBRUARY, january, BOTH.previous(), BOTH])
    assert [(r.period, r.value) for r in found] == [
        (BOTH, 5), (FEBRUARY, 3), (january, 2), (BOTH.previous(), 2), (BOTH, 5),
    ]  # fmt: skip


def test_many_metrics_come_by_slug_in_the_order_asked(engine):
    found = readings.read_many(engine, ["revenue", "nps"], [BOTH])
    assert list(found) == ["revenue", "nps"]
    assert found["revenue"][0].value == 34000


def test_a_population_narrows_and_one_the_metric_lacks_gives_no_value(engine):
    app = Population.parse(["channel=app"])
    assert readings.read_one(engine, "orders", BOTH, app).value == 1
    (lacking,) = readings.read(engine, "orders", [BOTH], Population.parse(["phase=care"]))
    assert (lacking.value, lacking.flags) == (None, {Flag.NOT_APPLICABLE})


def test_small_cells_are_hidden_when_a_minimum_is_given(engine):
    assert readings.read_one(engine, "nps", BOTH).value == 25.0
    hidden = readings.read_one(engine, "nps", BOTH, minimum_cell=10)
    assert (hidden.value, hidden.n, hidden.flags) == (None, 0, {Flag.HIDDEN})


def test_four_answers_of_one_person_are_one_person(engine):
    assert readings.read_one(engine, "nps", BOTH, minimum_cell=1).value == 25.0
    assert readings.read_one(engine, "nps", BOTH, minimum_cell=2).flags == {Flag.HIDDEN}


def test_persons_are_counted_one_by_one_only_where_an_estimate_leaves_doubt(engine):
    readings.coverage(engine)
    engine.asked.clear()
    assert readings.read_one(engine, "orders", BOTH, minimum_cell=1).value == 5  # of three persons
    assert len(engine.asked) == 1
    assert readings.read_one(engine, "orders", BOTH, minimum_cell=3).value == 5
    assert len(engine.asked) == 2
    assert readings.read_one(engine, "orders", BOTH, minimum_cell=4).flags == {Flag.HIDDEN}


def test_unknown_names_are_refused(engine):
    with pytest.raises(UnknownMetric):
        readings.read_one(engine, "npss", BOTH)
    with pytest.raises(UnknownDimension):
        readings.read(engine, "nps", [BOTH], by=("colour",))


def test_no_period_gives_no_reading(engine):
    assert readings.read(engine, "nps", []) == []


def test_the_memory_forgets_what_was_asked_for_longest_ago():
    memory = readings._Memory(2)
    for name in ("a", "b", "a", "c"):
        memory.recall(name, lambda name=name: name.upper())
    calls = []
    assert memory.recall("a", lambda: calls.append("a")) == "A"
    memory.recall("b", lambda: calls.append("b"))
    assert calls == ["b"]


@pytest.mark.shared
def test_the_olist_shop_has_its_published_figures(tmp_path, shared_data: Path):
    from viaggio.store.engine import engine as open_engine
    from viaggio.store.fold import fold
    from viaggio.store.landing import land

    ws = create(tmp_path / "olist", Settings(name="Olist", timezone="America/Sao_Paulo", currency="BRL"))
    files = {path.name: path for path in (shared_data / "olist_sample").glob("*.csv.gz")}
    land(
        ws, kind="recipe", source="olist", label="olist", recipe="olist", files=files, landed_at=1, by="test"
    )
    fold(ws)
    shop = open_engine(ws)
    ever = Period.parse("2016..2018")
    figures = {slug: readings.read_one(shop, slug, ever).value for slug in (
        "orders", "customers", "delivered_orders", "late_orders", "order_lines", "line_value", "freight",
        "payments_count", "payments",
    )}  # fmt: skip
    assert figures == {
        "orders": 8135, "customers": 8016, "delivered_orders": 5172, "late_orders": 342, "order_lines": 8365,
        "line_value": 109_326_435, "freight": 17_228_839, "payments_count": 8924, "payments": 142_860_281,
    }  # fmt: skip
    assert readings.read_one(shop, "on_time_delivery", ever).n == 5164
    assert readings.read_one(shop, "review_score", ever).n == 8225
    by_delivery = {r.by[0][1]: r.value for r in readings.read(shop, "review_score", [ever], by=("delivery",))}
    assert round(by_delivery["late"], 3) == 2.174
    assert round(by_delivery["on_time"], 3) == 4.275
