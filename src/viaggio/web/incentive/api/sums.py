"""Routes that compute what is sent along: a plan for people and results, or one step of it by itself.

Nothing is read from records or kept. Each answers what the command of the same name prints with `--json`
(docs/reference/incentive-files.md); numbers come and go as exact text.
"""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Body, Router

from viaggio.incentive import single
from viaggio.kernel import ViaggioError
from viaggio.web.incentive.services import country, stateless
from viaggio.web.shared.roles import Right
from viaggio.web.shared.token_auth import TokenAuth

sums = Router(tags=["incentive"], auth=TokenAuth(Right.SEE_PLANS))

Json = Annotated[dict[str, Any], Body()]


class BadRequest(ViaggioError):
    """A body that lacks what the route needs."""

    code = "request.incomplete"


def needed(said: dict[str, Any], *names: str) -> list[Any]:
    """The values of these names; raises `BadRequest` for one that is missing."""
    for name in names:
        if said.get(name) in (None, ""):
            raise BadRequest(f"'{name}' is missing", place=name, hint=f"Send {', '.join(names)}.")
    return [said[name] for name in names]


@sums.post("/incentive/simulate", summary="Compute a plan for people and results sent along")
def simulate(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`plan`, `people`, `results` (CSV text or rows): the outcome of `viaggio incentive run --json`."""
    return stateless.simulate(*needed(said, "plan", "people", "results"))


@sums.post("/incentive/explain", summary="How the sums of a plan come together")
def explain(request: HttpRequest, said: Json) -> dict[str, Any]:
    """The same as for simulate, perhaps one `person`: stays, sections, factors, before and after the pool."""
    outcome = stateless.simulate(*needed(said, "plan", "people", "results"))
    return stateless.explain(outcome, str(said.get("person") or ""))


@sums.post("/incentive/days", summary="How many days of each person count")
def days(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`plan`, `people`: who takes part, days that count, their share of the period; no results needed."""
    return stateless.days(*needed(said, "plan", "people"))


@sums.post("/incentive/hidden", summary="Which units of some results may be shown")
def hidden(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`results` with head-counts, `k_headcount`, `k_responses`: what may be shown, and who is hidden."""
    results, *limits = needed(said, "results", "k_headcount", "k_responses")
    return stateless.hidden(results, *limits)


@sums.post("/incentive/ledger", summary="What the ledger would say of runs that correct one another")
def ledger(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`period`, and `runs` in order: each with `name`, `plan`, `people`, `results`, perhaps `why`."""
    period, runs = needed(said, "period", "runs")
    return stateless.posted(runs, str(period))


@sums.post("/incentive/credit", summary="What a measured value would be credited and paid")
def credit(request: HttpRequest, said: Json) -> dict[str, Any]:
    """Counts of a cell with `curve`, `target`, `parent`, `K`, `z`: every way of crediting, side by side."""
    return single.credit(stateless.only_exact(said))


@sums.post("/incentive/improvement", summary="Whether a measure got better, in three senses")
def improvement(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`now` and `before` as counts, `z`, `margin`: incremental, not worse, surely better."""
    return single.improvement(stateless.only_exact(said))


@sums.post("/incentive/coverage", summary="Whether hard cases were invited less often")
def coverage(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`eligible_easy`, `invited_easy`, `eligible_hard`, `invited_hard`: rates, ratio, z, flag."""
    return single.coverage(stateless.only_exact(said))


@sums.post("/incentive/divide", summary="A pool divided to the last cent")
def divide(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`pool` with `raw` awards by person, perhaps `caps` and `mode`; or in `equal` parts."""
    return single.divide(stateless.only_exact(said))


@sums.post("/incentive/recover", summary="What is kept back of following awards")
def recover(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`owed`, `share`, `following` awards: what is kept of each, what is left."""
    return single.recover(stateless.only_exact(said))


@sums.post("/incentive/settle", summary="Payments on account and the year's settlement")
def settle(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`target`, `share`, `factors` of the parts, `factor` of the year: advances, award, settlement."""
    return single.settle(stateless.only_exact(said))


@sums.post("/incentive/forecast", summary="What one component would cost")
def forecast(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`curve`, `mean`, `sd`, `target`, costs `above`: mean, spread, median, chances; in closed form."""
    return single.forecast(stateless.only_exact(said))


@sums.post("/incentive/tax", summary="How a bonus would be taxed")
def tax(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`year`, `gross`, `contribution_rate`, `welfare`, `income`, by the company's country. An estimate."""
    return single.tax(stateless.only_exact(said), country.rules())
