"""Gaming that was planted is found, fair cells are left alone, and no finding changes an amount."""

import ast
from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from plans import plan_document
from planted import company

from viaggio.incentive.detectors import Detector, Limits, State, look
from viaggio.incentive.exact import exact
from viaggio.incentive.plan import read_plan
from viaggio.incentive.run import Cell, Hold, Inputs, Person, Placement, Stratum, calculate

pytestmark = pytest.mark.xdist_group("planted")  # the companies are drawn and looked at once
SEEDS = (30, 31, 32)


@pytest.fixture(scope="module")
def looked_at():
    """Companies with planted gaming, each with its findings."""
    companies = [company(seed, families=5, each=4) for seed in SEEDS]
    return [(one, look(one.signals, seed=7)) for one in companies]


@pytest.fixture(scope="module")
def small():
    """A company of one family that plays every game once."""
    one = company(5, families=1, each=1)
    return one, look(one.signals, seed=7)


def rates(looked_at):
    """By detector: planted, found of them, fair cells, flagged of them."""
    planted, found, fair, false = Counter(), Counter(), Counter(), Counter()
    for one, findings in looked_at:
        for finding in findings:
            if finding.cell not in one.cells:
                continue
            game = one.cells[finding.cell]
            if game is finding.detector:
                planted[game] += 1
                found[game] += finding.flagged
            elif game is None:
                fair[finding.detector] += 1
                false[finding.detector] += finding.flagged
    return planted, found, fair, false


@pytest.mark.parametrize("detector", Detector)
def test_nine_of_ten_planted_cases_are_found_at_five_false_alarms_in_a_hundred(looked_at, detector):
    planted, found, fair, false = rates(looked_at)
    assert (planted[detector], fair[detector]) == (12, 60)
    assert found[detector] >= 0.9 * planted[detector]
    assert false[detector] <= 0.05 * fair[detector]


def test_cells_pushed_just_above_a_curve_point_are_found_by_measure(looked_at):
    said = {
        (one.curves[finding.cell], finding.flagged)
        for one, findings in looked_at
        for finding in findings
        if finding.cell in one.curves
    }
    assert (True, True) in said
    assert (True, False) not in said


def test_planted_duplicates_and_staff_answers_are_excluded_each_with_its_reason(looked_at):
    for one, findings in looked_at:
        excluded = {
            (finding.cell, finding.detector): {exclusion.response for exclusion in finding.excludes}
            for finding in findings
        }
        assert len(one.fakes) == 8
        for cell, fakes in one.fakes.items():
            assert fakes <= excluded[cell, one.cells[cell]]


def test_only_duplicates_and_staff_answers_are_ever_excluded(looked_at):
    by = {finding.detector for _, findings in looked_at for finding in findings if finding.excludes}
    assert by == {Detector.DUPLICATES, Detector.STAFF}


def test_the_same_signals_in_another_order_give_the_same_findings(small):
    one, findings = small
    names = (
        "invited",
        "marked",
        "begging",
        "timed",
        "given",
        "answered",
        "weeks",
        "audited",
        "compared",
        "endings",
    )
    turned = {name: dict(reversed(list(getattr(one.signals, name).items()))) for name in names}
    assert look(replace(one.signals, **turned), seed=7) == findings


def test_every_watched_cell_has_a_finding_of_every_detector_or_is_said_to_have_no_data(small):
    one, _ = small
    bare = replace(one.signals, timed={}, audited={}, without={"timing": "took"})
    findings = [finding for finding in look(bare, seed=7) if finding.cell in one.cells]
    assert Counter(finding.detector for finding in findings) == dict.fromkeys(Detector, len(one.cells))
    empty = [finding for finding in findings if finding.state is State.NO_DATA]
    assert {(f.detector, f.values["without"]) for f in empty} == {
        (Detector.TIMING, "took"), (Detector.AUDIT, "audited"),
    }  # fmt: skip
    assert all(finding.p is None for finding in empty)


def test_limits_can_be_changed(small):
    one, findings = small
    lenient = look(one.signals, Limits(suppression_ratio=1e9), seed=7)
    assert any(f.flagged for f in findings if f.detector is Detector.SUPPRESSION)
    assert not any(f.flagged for f in lenient if f.detector is Detector.SUPPRESSION)


# --- a flag never changes an amount ----------------------------------------------------------------------


def paid_company(units):
    """A plan with one score per unit, and a person in each."""
    document = plan_document(
        contribution_map={}, gates=[], pool=None,
        groups={"all": {
            "shared": [{"measure": "company_nps", "weight": "0.5", "curve": {
                "type": "linear", "points": [["0", "0"], ["50", "1"]]}}],
            "function": [{"measure": "team_nps", "weight": "0.5", "curve": {
                "type": "linear", "points": [["0", "0"], ["50", "1"]]}}],
        }},
    )  # fmt: skip
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    people = tuple(
        Person(id=f"p-{unit}", contract="permanent", placements=(
            Placement(first=first, last=last, unit=unit, group="all", fte=Fraction(1),
                      target=exact("2000.00")),
        ))
        for unit in units
    )  # fmt: skip
    cells = (
        Cell(measure="company_nps", strata=(Stratum(kind="nps", n=900, promoters=500, detractors=200),)),
        *(
            Cell(measure="team_nps", unit=unit, headcount=9,
                 strata=(Stratum(kind="nps", n=90, promoters=50, detractors=20 + place),))
            for place, unit in enumerate(units)
        ),
        Cell(measure="team_nps", strata=(Stratum(kind="nps", n=900, promoters=500, detractors=200),)),
    )  # fmt: skip
    return read_plan(document), Inputs(people=people, cells=cells)


def test_a_run_of_flagged_cells_pays_the_same_until_somebody_holds_them(small):
    one, findings = small
    flagged = sorted({finding.cell for finding in findings if finding.flagged and finding.cell in one.cells})
    units = flagged[:6]
    plan, inputs = paid_company(units)
    before = calculate(plan, inputs)
    assert all(
        finding.flagged for finding in look(one.signals, seed=7) if finding in findings and finding.flagged
    )
    after = calculate(plan, inputs)
    assert after == before
    assert all(award.held_cents == 0 and award.cents > 0 for award in after.awards)
    held = calculate(plan, replace(inputs, holds=(Hold(why="begging", measure="team_nps", unit=units[0]),)))
    assert [award.cents for award in held.awards] == [award.cents for award in before.awards]
    assert [award.person for award in held.awards if award.held_cents] == [f"p-{units[0]}"]


def test_nothing_that_pays_knows_the_detectors():
    """Steps that are asked for by themselves (`single`) pay nobody: a detector is one of them."""
    root = Path(__file__).resolve().parents[2] / "src" / "viaggio" / "incentive"
    asking = {"detectors", "single"}
    paying = [path for path in root.rglob("*.py") if not asking & set(path.relative_to(root).parts)]
    assert len(paying) > 15
    for path in paying:
        names = [
            name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
        ]
        assert not any(part in asking for name in names for part in name.split(".")), path
