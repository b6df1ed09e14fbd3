"""Routes for rows of the facts: every row once, page by page, and what changed between two periods."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from viaggio.journey.filter import read_population
from viaggio.kernel import Period, ViaggioError
from viaggio.web.shared.audit import record
from viaggio.web.shared.permissions import allow, may, scope_of
from viaggio.web.shared.roles import Right
from viaggio.web.shared.token_auth import TokenAuth
from viaggio.web.shared.workspace import current_engine, workspace

router = Router(tags=["rows"], auth=TokenAuth(Right.SEE_FIGURES))

MOST = 5000
SCORES = ("nps", "csat_top", "csat_mean", "ces")
Texts = Annotated[list[str], Query(default_factory=list)]


@router.get("/facts/{table}", summary="Every row of a fact table", auth=TokenAuth(Right.SEE_CUSTOMERS))
def rows(
    request: HttpRequest,
    table: str,
    where: Texts,
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 1000,
) -> dict[str, Any]:
    """Rows in the order of their key, which never changes: a walk along `next` meets each row once.

    Rows that arrive during a walk may be met or not; a later walk meets them. `where`: `wave=2026-09`, of
    the table's columns. Keys are text, because they need all 64 bits.
    """
    from viaggio.store.walk import page

    allow(request.user, Right.EXPORT)
    found = page(current_engine(), table, where=where, after=cursor, limit=limit)
    record(request, "export.table", f"{table} over the API", rows=len(found.rows))
    return {"items": found.rows, "next": found.next}


@router.get("/changes", summary="What changed between two periods, and whether it is real")
def changes(
    request: HttpRequest,
    metric: Texts,
    where: Texts,
    by: Texts,
    period: str,
    compare: Literal["previous", "year"] = "previous",
    weights: str = "none",
) -> dict[str, Any]:
    """Scores of a period against the one before, tested together; the usual four when no `metric` is named.

    The verdict of each is improved, worsened, no_clear_change or too_few; over all of them at most one screen
    in twenty says that something changed when nothing did. `by`: one dimension, beside the total.
    """
    from viaggio.store.changes import Screen
    from viaggio.store.changes import changes as tested

    if len(by) > 1:
        raise ViaggioError("changes are cut by one dimension", place="by", hint="Ask twice.")
    now = Period.parse(period)
    before = now.previous() if compare == "previous" else now.year_before()
    minimum = None if may(request.user, Right.SEE_CUSTOMERS) else workspace().settings.minimum_cell
    screen = Screen(
        metrics=tuple(metric) or SCORES,
        cuts=((), tuple(by)) if by else ((),),
        population=read_population(where).narrowed(**scope_of(request.user).where),
        weights=weights,
        minimum_cell=minimum,
    )
    return {
        "items": [
            {
                "metric": change.metric,
                "by": dict(change.by),
                "now": change.now.plain(),
                "before": change.before.plain(),
                "verdict": str(change.judged.verdict),
                "p": change.judged.p,
                "adjusted_p": change.judged.adjusted,
            }
            for change in tested(current_engine(), screen, now, before)
        ]
    }


@router.get("/pillar-weights", summary="What the pillars weigh for recommending or buying again")
def pillar_weights(
    request: HttpRequest,
    where: Texts,
    outcome: Literal["recommends", "buys_again"] = "recommends",
    by: str = "",
    period: str = "",
) -> dict[str, Any]:
    """Estimated weights of the six pillars with intervals, of all and of each group of `by`.

    Association, not cause. Where the base does not allow an estimate the weights are equal and `fallback`
    says why.
    """
    from viaggio.store.drivers import Outcome, drivers

    minimum = None if may(request.user, Right.SEE_CUSTOMERS) else workspace().settings.minimum_cell
    found = drivers(
        current_engine(),
        Outcome(outcome),
        period=Period.parse(period) if period else None,
        population=read_population(where).narrowed(**scope_of(request.user).where),
        by=by or None,
        minimum_cell=minimum,
    )
    return {"items": [_weights(one) for one in found]}


def _weights(one: Any) -> dict[str, Any]:
    base = {
        "outcome": str(one.outcome),
        "group": one.group,
        "within_days": one.within_days,
        "hidden": one.hidden,
    }
    if one.found is None:
        return base
    found = one.found
    shares = {
        name: {"value": share.value, "low": share.low, "high": share.high}
        for name, share in zip(found.pillars, found.weights, strict=True)
    }
    return base | {
        "weights": shares,
        "r2": found.r2.value,
        "n": found.n,
        "customers": found.customers,
        "fallback": str(found.fallback) if found.fallback else None,
    }
