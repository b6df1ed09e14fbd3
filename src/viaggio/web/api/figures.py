"""Routes for figures: the metric catalogue, readings, and how customers travel."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from viaggio.journey.filter import (
    Condition,
    condition_of,
    personal,
    read_filters,
    read_population,
    scoped,
)
from viaggio.kernel import Period, Population, ViaggioError
from viaggio.measure.catalogue import CATALOGUE
from viaggio.web.shared.permissions import allow, may, scope_of
from viaggio.web.shared.roles import Right
from viaggio.web.shared.token_auth import TokenAuth
from viaggio.web.shared.workspace import current_engine, workspace

if TYPE_CHECKING:
    from viaggio.kernel.period import Step

router = Router(tags=["figures"], auth=TokenAuth(Right.SEE_FIGURES))

Texts = Annotated[list[str], Query(default_factory=list)]
_QUESTIONS = {
    "phases": "phase_flow",
    "transitions": "transitions",
    "sessions": "sessions",
    "steps": "step_times",
    "flow": "touchpoint_steps",
}


@router.get("/metrics", summary="The metrics that are declared")
def metrics(request: HttpRequest) -> dict[str, Any]:
    """Slug, version, unit, direction, base, minimum base, dimensions and definition of each metric."""
    return {
        "items": [
            {
                "metric": m.slug,
                "version": m.version,
                "family": m.family,
                "unit": m.unit,
                "better": m.better,
                "base": m.base,
                "minimum": m.min_n,
                "dimensions": sorted(m.dimensions),
                "definition": m.about,
                "scale": list(m.scale) if m.scale else None,
            }
            for m in CATALOGUE.values()
        ]
    }


def _population(request: HttpRequest, where: list[str]) -> Population:
    """The conditions of the address, within the rows that the token's person may see."""
    return read_population(where).narrowed(**scope_of(request.user).where)


def asked_condition(request: HttpRequest, where: list[str]) -> Condition:
    """The filters of the address; what customers did counts only inside what the token's person may see."""
    condition = read_filters(where)
    if personal(condition):
        allow(request.user, Right.SEE_CUSTOMERS)
    return scoped(condition, condition_of(scope_of(request.user)))


def _minimum(request: HttpRequest) -> int:
    """Customers under whom nothing is told; 0 to people who may see customers."""
    return 0 if may(request.user, Right.SEE_CUSTOMERS) else workspace().settings.minimum_cell


@router.get("/readings", summary="Readings of metrics")
def readings(
    request: HttpRequest,
    metric: Texts,
    where: Texts,
    by: Texts,
    period: str = "",
    compare: Literal["", "previous", "year"] = "",
    step: Literal["", "day", "week", "month", "quarter", "year"] = "",
    weights: str = "none",
) -> dict[str, Any]:
    """Value, base and interval of each `metric` (all when none is named).

    `period`: 2026, 2026-Q3, 2026-09, 2026-W37 or first..last, all data when empty; `step` cuts it; `where`:
    `channel=web,app`, may be repeated; `by`: up to two dimensions; `weights`: `none` or a scheme such as
    `calibrated`.
    """
    from viaggio.store.readings import data_period, read_many

    engine = current_engine()
    asked = Period.parse(period) if period else data_period(engine)
    if asked is None:
        return {"items": []}
    wanted: Step | None = step or None
    periods = asked.bins(wanted) if wanted else [asked]
    if compare:
        periods.append(asked.previous() if compare == "previous" else asked.year_before())
    minimum = _minimum(request) or None
    answers = read_many(
        engine,
        metric or tuple(CATALOGUE),
        periods,
        _population(request, where),
        by=by,
        minimum_cell=minimum,
        weights=weights,
    )
    return {"items": [reading.plain() for answer in answers.values() for reading in answer]}


@router.get("/journey/{question}", summary="How customers travel")
def journey(request: HttpRequest, question: str, where: Texts, period: str = "") -> dict[str, Any]:
    """One of phases, transitions, sessions, steps, flow: rows over the journey index.

    `where`: the filter language, `channel = web and customers who did checkout`; may be repeated. A row is
    `hidden`, without its numbers, where it tells of few customers to somebody who may see none.
    """
    from viaggio.store.journeys import ask
    from viaggio.web.api.told import told_rows

    if question not in _QUESTIONS:
        raise ViaggioError(
            f"journey question '{question}' is not known", hint=f"Known: {', '.join(_QUESTIONS)}."
        )
    result = ask(
        current_engine(),
        _QUESTIONS[question],
        Period.parse(period) if period else None,
        scope_of(request.user),
        condition=asked_condition(request, where),
    )
    return {"items": told_rows(question, result.table().to_pylist(), _minimum(request))}
