"""Routes for questions on journeys whose rows tell of single customers: attribution, funnels, returns."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from viaggio.kernel import Period
from viaggio.web.api.figures import Texts, asked_condition
from viaggio.web.shared.permissions import scope_of
from viaggio.web.shared.roles import Right
from viaggio.web.shared.token_auth import TokenAuth
from viaggio.web.shared.workspace import current_engine

router = Router(tags=["figures"], auth=TokenAuth(Right.SEE_CUSTOMERS))

By = Literal["touchpoint", "channel", "phase", "moment", "device", "outcome"]


@router.get("/journey/attribution", summary="What conversions owe to what came before them")
def attribution(
    request: HttpRequest,
    where: Texts,
    model: Texts,
    period: str = "",
    conversion: str = "",
    by: By = "channel",
    lookback_days: Annotated[float, Query(gt=0, le=36_600)] = 30,
) -> dict[str, Any]:
    """One row per model and place: conversions, value in cents, share of all conversions, with intervals.

    `conversion`: a kind of interaction (`payment`, `phase=purchase`), everything with a value when empty;
    `model`: only these, may be repeated. Intervals at 95 %: customers are what varies.
    """
    params = {"conversion": conversion or None, "by": by, "lookback_days": lookback_days}
    found = _ask(request, "attribution", where, period, **params, **({"models": model} if model else {}))
    return {"items": found.table().to_pylist()}


@router.get("/journey/funnel", summary="How many do one thing after the other")
def funnel(
    request: HttpRequest,
    where: Texts,
    step: Texts,
    period: str = "",
    within_seconds: Annotated[float | None, Query(ge=0, le=36_600 * 86_400)] = None,
    entry: Literal["furthest", "first", "every"] = "furthest",
    by: By | None = None,
) -> dict[str, Any]:
    """One row per step (and value of `by`): who reaches it, shares and median times with their intervals.

    `step`: a kind of interaction, two or more in their order; `within_seconds`: from the first to the last.
    """
    within = None if within_seconds is None else timedelta(seconds=within_seconds)
    found = _ask(request, "funnel", where, period, steps=step, within=within, entry=entry, by=by)
    return {"items": found.table().to_pylist()}


@router.get("/journey/returns", summary="Who comes back")
def returns(
    request: HttpRequest,
    where: Texts,
    period: str = "",
    unit: Literal["day", "week", "month"] = "month",
    first: str = "",
    back: str = "",
    periods: Annotated[int, Query(ge=1, le=366)] = 12,
) -> dict[str, Any]:
    """One row per cohort and period after it, all together last: who is back, with intervals.

    `first`, `back`: kinds of interactions that begin a cohort, and that count as coming back.
    """
    kinds = {name: text for name, text in (("first", first), ("back", back)) if text}
    found = _ask(request, "retention", where, period, unit=unit, periods=periods, **kinds)
    return {"items": found.table().to_pylist()}


def _ask(request: HttpRequest, question: str, where: list[str], period: str, **params: Any) -> Any:
    from viaggio.store.journeys import ask

    return ask(
        current_engine(), question, Period.parse(period) if period else None, scope_of(request.user),
        condition=asked_condition(request, where), **params,
    )  # fmt: skip
