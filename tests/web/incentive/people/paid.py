"""A small company that was paid, computed by the engine; statements put together here, not by the services.

`statement(person)` is what a statement of that person must hold. Rita moved from logistics to billing in
July, works 80 % since then and was on unpaid leave for two weeks; the small team of refunds had too few
answers; a flag holds the delivery line; a gate failed; the pool binds.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cache

from viaggio.incentive.plan import Plan, content_hash, read_plan
from viaggio.incentive.proration import days_between
from viaggio.incentive.run import (
    Award,
    Away,
    Cell,
    Hold,
    Inputs,
    Line,
    Outcome,
    Person,
    Placement,
    Stratum,
    calculate,
    snapshot_hash,
)
from viaggio.web.incentive.services.statement import (
    CurveShape,
    Goals,
    MapPart,
    Posting,
    Source,
    Statement,
    StatementAway,
    StatementGate,
    StatementHold,
    StatementLine,
    StatementPool,
    StatementStay,
)

NPS = {"type": "linear", "points": [["24", "0"], ["36", "1"], ["42", "1.5"]]}
TOP = {"type": "linear", "points": [["75", "0"], ["85", "1"], ["90", "1.5"]]}
LATE = {"type": "linear", "points": [["8", "0"], ["5", "1"], ["3", "1.25"]], "direction": "down"}
BETTER = {"type": "linear", "points": [["1", "0.5"], ["4", "1"]]}


def _group(function: str) -> dict:
    return {
        "shared": [
            {"measure": "company_nps", "weight": "0.35", "form_indicator": 4, "curve": NPS},
            {"measure": "late_delivery", "weight": "0.25", "curve": LATE},
        ],
        "function": [{"measure": function, "weight": "0.40", "curve": TOP, "improvement": BETTER}],
    }


DOCUMENT = {
    "plan": "CX-SHARED",
    "version": "3",
    "legal_basis": "PDR",
    "agreement": {"signed": "2025-12-10"},
    "period": {
        "start": "2026-01-01", "end": "2026-12-31",
        "baseline": {"start": "2025-01-01", "end": "2025-12-31"},
    },
    "absences": {"unpaid_leave": {"lost": "1"}, "L104": {"lost": "0", "protected": "true"}},
    "guardrails": {
        "k_headcount": "5", "k_responses": "10", "n_min": "30",
        "ladder": ["parent", "redistribute", "neutral"],
        "credibility": {"mode": "level", "K": "240"},
    },
    "groups": {
        "logistics": _group("csat_top@delivery"), "billing": _group("map:billing"),
        "refunds": _group("csat_top@refund"),
    },
    "contribution_map": {"billing": {"billing_clarity": "0.7", "refund": "0.3"}},
    "gates": [
        {"if": "ebitda >= 10000000.00", "level": "plan", "effect": {"factor": "0.9"}},
        {"if": "coverage_ratio >= 0.8", "level": "section:function", "effect": "hold"},
    ],
    "individual_cap": "1.5",
    "pool": {"kind": "fixed", "amount": "8000", "mode": "down_only"},
}  # fmt: skip
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
UNITS = {"": "Officina Blu", "logistics": "Logistica", "billing": "Fatturazione", "refunds": "Rimborsi"}


def _person(name: str, *stays: tuple[date, date, str, str], away: tuple[Away, ...] = ()) -> Person:
    placements = tuple(
        Placement(first=first, last=last, unit=unit, group=unit, fte=Fraction(fte), target=Fraction(2400))
        for first, last, unit, fte in stays
    )
    return Person(id=name, placements=placements, away=away)


def _nps(unit: str, n: int, promoters: int, detractors: int, window: str = "period") -> Cell:
    counted = Stratum(kind="nps", n=n, promoters=promoters, detractors=detractors)
    return Cell(measure="company_nps", unit=unit, window=window, strata=(counted,))


def _top(measure: str, unit: str, n: int, hits: int, *, window: str = "period", parent: str = "") -> Cell:
    counted = Stratum(kind="share", n=n, hits=hits)
    return Cell(measure=measure, unit=unit, window=window, headcount=12, parent=parent, strata=(counted,))


INPUTS = Inputs(
    people=(
        _person(
            "P-RITA", (date(2026, 1, 1), date(2026, 6, 30), "logistics", "1"),
            (date(2026, 7, 1), date(2026, 12, 31), "billing", "4/5"),
            away=(
                Away(first=date(2026, 3, 2), last=date(2026, 3, 15), kind="unpaid_leave"),
                Away(first=date(2026, 5, 4), last=date(2026, 5, 6), kind="L104"),
            ),
        ),
        _person("P-SARA", (*YEAR, "refunds", "1")),
        _person("P-UGO", (*YEAR, "logistics", "1")),
        _person("P-VERA", (*YEAR, "billing", "1")),
    ),
    cells=(
        _nps("", 2400, 1320, 384), _nps("", 2300, 1200, 420, "baseline"),
        Cell(measure="late_delivery", strata=(Stratum(value=Fraction("4.2")),)),
        _top("csat_top@delivery", "logistics", 420, 365),
        _top("csat_top@delivery", "", 1900, 1577),
        _top("csat_top@delivery", "logistics", 400, 320, window="baseline"),
        _top("billing_clarity", "", 310, 265), _top("refund", "", 120, 100),
        _top("csat_top@refund", "refunds", 9, 8), _top("csat_top@refund", "", 640, 531),
    ),
    kpis={"ebitda": Fraction(9_400_000), "coverage_ratio": Fraction(23, 25)},
    holds=(Hold(why="begging", measure="csat_top@delivery", unit="logistics"),),
)  # fmt: skip
AT = datetime(2027, 1, 20, 9, 0, tzinfo=UTC)


@cache
def plan() -> Plan:
    return read_plan(DOCUMENT)


@cache
def outcome() -> Outcome:
    return calculate(plan(), INPUTS)


def award(person: str) -> Award:
    return next(one for one in outcome().awards if one.person == person)


def _source(cell: Cell) -> Source:
    stratum = cell.strata[0]
    metric, _at, touchpoint = cell.measure.partition("@")
    known = {
        "company_nps": "nps",
        "csat_top": "csat_top",
        "billing_clarity": "csat_top",
        "refund": "csat_top",
    }
    touchpoint = touchpoint or (cell.measure if cell.measure in {"billing_clarity", "refund"} else "")
    value = {
        "nps": lambda: Fraction(100 * (stratum.promoters - stratum.detractors), stratum.n),
        "share": lambda: Fraction(100 * stratum.hits, stratum.n),
        "value": lambda: stratum.value or Fraction(0),
    }[stratum.kind]()
    year = 2025 if cell.window == "baseline" else 2026
    slug = known.get(cell.measure, known.get(metric, ""))
    return Source(
        measure=cell.measure, unit=cell.unit, unit_name=UNITS[cell.unit], window=cell.window, metric=slug,
        where=(("touchpoint", (touchpoint,)),) if touchpoint else (), weights="none",
        first=date(year, 1, 1), last=date(year, 12, 31), value=str(value), base=stratum.n, facts="7",
        page=f"/scores/{slug}/?period={year}" if slug else "",
    )  # fmt: skip


def _cells(measure: str, unit: str) -> list[Cell]:
    return [c for c in INPUTS.cells if c.measure == measure and c.unit in {unit, ""} and c.window == "period"]


def _shape(curve, x: Fraction | None, y: Fraction) -> CurveShape:
    return CurveShape(
        kind=str(curve.shape), points=curve.points, below=curve.below, falling=curve.falling, x=x, y=y
    )


def _line(number: int, line: Line) -> StatementLine:
    result, score = line.result, line.result.score
    component = next(c for c in plan().groups[line.group].components if c.measure == result.measure)
    gain = score.credited - score.baseline if score and score.baseline is not None else None
    function = component.mapped
    parts = tuple(
        MapPart(touchpoint=t, weight=w, counted=True, source=_source(_cells(t, "")[0]))
        for t, w in (plan().contribution_map[function].items() if function else ())
    )
    return StatementLine(
        place=f"lines[{number}]", unit=line.unit, unit_name=UNITS[line.unit], group=line.group,
        first=line.first, last=line.last, measure=result.measure, section=str(result.section),
        form_indicator=component.form_indicator, weight=result.weight, planned_weight=component.weight,
        reason=result.reason, raw=score.raw if score else None, n=score.n if score else None,
        n_eff=score.n_eff if score else None, se=score.se if score else None,
        used=score.used if score else None, z=score.z if score else None,
        credited=score.credited if score else None, baseline=score.baseline if score else None,
        payout=result.payout, level_payout=result.level_payout, improvement_payout=result.improvement_payout,
        incremental=result.incremental,
        curve=_shape(
            component.curve, score.credited if score else None, result.level_payout or result.payout
        ),
        improvement=_shape(component.improvement, gain, result.improvement_payout or Fraction(0))
        if component.improvement and gain is not None else None,
        cents=line.cents, held=line.held,
        measured=tuple(_source(c) for c in _cells(result.measure, line.unit)), parts=parts,
    )  # fmt: skip


def _stays(person: str) -> tuple[StatementStay, ...]:
    paid, who = award(person), next(p for p in INPUTS.people if p.id == person)
    days_of_year = days_between(*YEAR, plan().day_count)
    stays = []
    for placement in who.placements:
        lost = sum(
            ((one.last - one.first).days + 1)
            for one in who.away
            if plan().absences[one.kind].lost and placement.first <= one.first <= placement.last
        )
        days = placement.fte * ((placement.last - placement.first).days + 1 - lost)
        share = days / days_of_year
        stays.append(
            StatementStay(
                unit=placement.unit, unit_name=UNITS[placement.unit], group=placement.group,
                first=placement.first, last=placement.last, fte=placement.fte,
                target_cents=int(placement.target * 100), days=days, period_days=int(days_of_year),
                share=share,
                opportunity_cents=round(placement.target * 100 * share),
                factor=paid.factors[f"{placement.unit}:{placement.first.isoformat()}"],
            )
        )  # fmt: skip
    return tuple(stays)


def _gates() -> tuple[StatementGate, ...]:
    return (
        StatementGate(
            kpi="ebitda", sign=">=", threshold=Fraction(10_000_000), value=Fraction(9_400_000),
            state="failed",
            level="plan", name="", effect="factor", effect_amount=Fraction(9, 10), source=None,
        ),
        StatementGate(
            kpi="coverage_ratio", sign=">=", threshold=Fraction(4, 5), value=Fraction(23, 25), state="passed",
            level="section", name="function", effect="hold", effect_amount=None, source=None,
        ),
    )  # fmt: skip


def statement(person: str = "P-RITA", **changes) -> Statement:
    """What the statement of this person must hold."""
    paid, stays = award(person), _stays(person)
    who = next(p for p in INPUTS.people if p.id == person)
    posted = Posting(
        seq=1, at=AT, kind="award", cents=paid.cents, period="2026", pay_period="2027-02",
        plan_version="CX-SHARED@3", run="CX-SHARED@3-2026-1", note="", hash="a" * 64,
    )  # fmt: skip
    holds = () if not paid.held_cents else (
        StatementHold(
            detector="begging", unit="logistics", measure="csat_top@delivery", state="held",
            cents=paid.held_cents, due_at=datetime(2027, 3, 1, tzinfo=UTC), decided_at=None, reason="",
        ),
    )  # fmt: skip
    made = Statement(
        run="CX-SHARED@3-2026-1", run_pk=1, run_number=1, run_state="published", corrects="", cause="",
        corrected_by="", person=person, status=str(paid.status), plan="CX-SHARED",
        plan_name={"it": "Premio condiviso", "en": "Shared award"}, version=3, legal_basis="PDR",
        currency="EUR", period="2026", first=YEAR[0], last=YEAR[1], part=1, parts=1,
        plan_sha256=content_hash(plan()), snapshot_sha256=snapshot_hash(INPUTS), run_sha256="c" * 64,
        engine="viaggio 1", calculated_at=AT, published_at=AT, pay_date=date(2027, 2, 27),
        dispute_until=date(2027, 2, 19), may_dispute=True, unit=stays[-1].unit, unit_name=stays[-1].unit_name,
        target_cents=240_000, opportunity_cents=sum(s.opportunity_cents for s in stays), raw=paid.raw,
        cents=paid.cents, held_cents=paid.held_cents, payable_cents=paid.payable_cents,
        balance_cents=paid.cents, individual_cap=plan().individual_cap, combination=str(plan().combination),
        stays=stays,
        away=tuple(
            StatementAway(
                kind=a.kind, first=a.first, last=a.last, lost=plan().absences[a.kind].lost,
                protected=plan().absences[a.kind].protected,
            )
            for a in who.away
        ),
        lines=tuple(_line(number, line) for number, line in enumerate(paid.lines)), gates=_gates(),
        pool=StatementPool(
            cents=800_000, factor=outcome().factor, binds=outcome().binds, unspent_cents=outcome().unspent
        ),
        postings=(posted,), earlier=(), holds=holds, disputes=(), tax=None, welfare_cents=0,
        goals=Goals(delivered_at=None, acknowledged_at=None),
    )  # fmt: skip
    return replace(made, **changes)
