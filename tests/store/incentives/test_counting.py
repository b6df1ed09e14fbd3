"""What money is paid on is counted exactly, and is the figure that everybody sees."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from tests.web.journey.conftest import company_root

from viaggio.incentive.plan import Plan, read_plan
from viaggio.incentive.run import Cell
from viaggio.incentive.run.cells import score_of
from viaggio.kernel import Period, Population, Reading
from viaggio.measure.catalogue import metric
from viaggio.store.engine import Engine, engine
from viaggio.store.incentives.asking import UnitScope, ask_of, windows_of
from viaggio.store.incentives.counting import count
from viaggio.store.incentives.measuring import measure, value_of
from viaggio.store.readings import answers_of, read_one
from viaggio.store.workspace import open_workspace

__all__ = ["company_root"]

YEAR = Period.parse("2025-11..2026-10")
FIGURES = ("nps", "csat_top", "csat_mean", "ces", "review_score", "pillar_empathy", "cx_index")
WHERE = ("", "channel=app,web", "segment=b2b", "touchpoint=help_request")


@pytest.fixture(scope="module")
def facts(company_root: Path) -> Engine:
    return engine(open_workspace(company_root))


def shown(reading: Reading) -> float | None:
    """As the plan's curves are written: shares in per cent."""
    if reading.value is None:
        return None
    return reading.value * 100 if reading.unit == "share" else reading.value


@pytest.mark.parametrize("slug", FIGURES)
@pytest.mark.parametrize("where", WHERE)
def test_the_exact_count_is_the_figure_of_the_score_pages(facts, slug, where):
    who = Population.parse([where] if where else [])
    reading = read_one(facts, slug, YEAR, who)
    counted = count(answers_of(facts), metric(slug).figure, YEAR, who)
    score = score_of(Cell(measure=slug, strata=tuple(counted.strata.values())))
    assert counted.n == reading.n
    assert (score is None) == (reading.value is None)
    if score is not None:
        assert float(score.value) == pytest.approx(shown(reading), abs=1e-9)


def test_strata_add_up_to_the_whole(facts):
    for slug in FIGURES:
        whole = count(answers_of(facts), metric(slug).figure, YEAR, Population())
        parts = count(answers_of(facts), metric(slug).figure, YEAR, Population(), ("segment", "channel"))
        assert parts.n == whole.n
        (only,) = whole.strata.values()
        for field in ("promoters", "detractors", "hits", "total", "squares"):
            values = [getattr(stratum, field) or 0 for stratum in parts.strata.values()]
            assert sum(values) == (getattr(only, field) or 0), (slug, field)
            assert not any(isinstance(value, float) for value in values)


LINE = {"type": "linear", "points": [["0", "0"], ["100", "1"]]}


def plan(**more: object) -> Plan:
    document = {
        "plan": "M", "version": "1",
        "period": {"start": "2026-01-01", "end": "2026-12-31",
                   "baseline": {"start": "2025-01-01", "end": "2025-12-31"}},
        "groups": {"care": {"shared": [{"measure": "company_nps", "weight": "0.5", "curve": LINE}],
                            "function": [{"measure": "map:care", "weight": "0.3", "curve": LINE},
                                         {"measure": "team", "weight": "0.2", "curve": LINE}]}},
        "contribution_map": {"care": {"help_request": "0.5", "complaint": "0.5"}},
        "gates": [{"if": "ebitda >= 1", "effect": "hold"}, {"if": "retention >= 10", "effect": "hold"}],
        "measures": {"company_nps": {"metric": "nps"},
                     "team": {"metric": "csat", "by": "touchpoint",
                              "units": {"north": ["delivery"], "south": ["checkout", "workshop_repair"]}}},
    }  # fmt: skip
    return read_plan({**document, **more})


UNITS = [
    UnitScope(code="", parent="", function="", headcount=30),
    UnitScope(code="field", parent="", function="", headcount=12),
    UnitScope(code="north", parent="field", function="logistics", headcount=7),
    UnitScope(code="south", parent="field", function="sales", headcount=5),
]


def test_a_quarter_is_compared_with_the_same_quarter_of_a_baseline_that_is_a_year():
    windows = windows_of(plan(), date(2026, 4, 1), date(2026, 6, 30))
    assert {name: str(span) for name, span in windows.items()} == {
        "period": "2026-04-01..2026-06-30",
        "baseline": "2025-04-01..2025-06-30",
        "period-1": "2026-01-01..2026-03-31",
        "period-2": "2025-10-01..2025-12-31",
    }
    year = windows_of(plan(), date(2026, 1, 1), date(2026, 12, 31))
    assert str(year["baseline"]) == "2025-01-01..2025-12-31"


def test_every_cell_keeps_the_reading_it_is(facts):
    found = measure(facts, plan(), date(2026, 4, 1), date(2026, 6, 30), UNITS)
    keys = {(cell.measure, cell.unit, cell.window) for cell in found.cells}
    assert len(keys) == len(found.cells) == len([t for t in found.taken if t.kind != "kpi"])
    assert {unit for measure, unit, _ in keys if measure == "team"} == {"", "field", "north", "south"}
    parents = {cell.unit: cell.parent for cell in found.cells if cell.measure == "team"}
    assert parents == {"": "", "field": "", "north": "field", "south": "field"}
    for taken in found.taken:
        reading = read_one(facts, taken.metric, taken.period, taken.where, weights=taken.weights)
        if taken.value is None:
            assert reading.value is None
        elif reading.unit != "cents":
            assert float(taken.value) == pytest.approx(shown(reading), abs=1e-6)
        assert taken.facts == facts.version


def test_the_unit_above_holds_the_answers_of_the_units_below(facts):
    found = measure(facts, plan(), date(2026, 4, 1), date(2026, 6, 30), UNITS)
    n = {t.unit: t.base for t in found.taken if t.measure == "team" and t.window == "period"}
    assert n["field"] == n["north"] + n["south"] > 0


def test_kpis_come_from_the_catalogue_and_what_it_lacks_is_missing(facts):
    found = measure(facts, plan(), date(2026, 1, 1), date(2026, 9, 30), UNITS)
    assert found.missing == ("ebitda",)
    reading = read_one(facts, "retention", Period.parse("2026-01..2026-09"))
    assert found.kpis == {"retention": value_of(reading)}
    assert isinstance(found.kpis["retention"], Fraction)


def test_a_mix_takes_its_shares_from_the_baseline_and_merges_what_is_empty(facts):
    mixed = plan(mix={"strata": ["segment", "channel", "case_type"], "merge_order": ["channel"]})
    found = measure(facts, mixed, date(2026, 4, 1), date(2026, 6, 30), UNITS)
    for cell in found.cells:
        shares = [stratum.share for stratum in cell.strata if stratum.share is not None]
        assert not shares or sum(shares) == 1
        assert score_of(cell) is None or score_of(cell).n >= 0
    company = next(c for c in found.cells if (c.measure, c.unit, c.window) == ("company_nps", "", "baseline"))
    plain = count(answers_of(facts), "nps", Period.parse("2025-04..2025-06"), Population())
    assert score_of(company).value == score_of(Cell(measure="x", strata=tuple(plain.strata.values()))).value


def test_nobody_is_measured_as_a_person_and_nothing_that_nobody_declared():
    person = plan(measures={"company_nps": {"metric": "nps", "scope": "person"}, "team": {"metric": "csat"}})
    with pytest.raises(Exception, match="no figures of a single person"):
        ask_of(person, "company_nps")
    with pytest.raises(Exception, match="nobody said how 'company_nps'"):
        ask_of(plan(measures={"team": {"metric": "csat"}}), "company_nps")
