"""What experience weighs: pillars' importance for recommending and for buying again, and their reliability.

Association, never cause. Everything is estimated from whole responses of the answer index; buying again from
the orders that followed.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from viaggio.estimate.drivers import PillarWeights, pillar_weights
from viaggio.estimate.errors import Collinear, Constant, TooFew
from viaggio.estimate.factor import one_factor
from viaggio.estimate.reliability import reliability as scale_reliability
from viaggio.kernel import EVERYBODY, Estimate, Period, Population, ViaggioError
from viaggio.measure.bases import stands
from viaggio.measure.scores import days_of
from viaggio.pulse.index import FIRST_PILLAR, NONE_CODE, PILLARS, Answers, Array
from viaggio.pulse.kernels.question import UNSTATED, Question, kept
from viaggio.pulse.responses import Responses, responses_of
from viaggio.store.readings import answers_of

if TYPE_CHECKING:
    from viaggio.store.engine import Engine

SEED = 20260907
WITHIN_DAYS = 90
MOST = 200_000
"""Of more responses every so-manieth is taken: an interval of two digits needs no more."""

LEAST_ITEMS = 2
_DAY = 86_400_000_000


class Outcome(StrEnum):
    """What the pillars are weighed for."""

    RECOMMENDS = "recommends"  # the answer from 0 to 10 of the same response
    BUYS_AGAIN = "buys_again"  # ordered again within so many days after the response


@dataclass(frozen=True, slots=True, kw_only=True)
class Drivers:
    """The pillars' weights for one outcome in one group; `group` is empty for all.

    `hidden`: the group is of fewer customers than the minimum cell, so nothing is told. `within_days` is how
    long after the response an order counts; responses too young for that are left out.
    """

    outcome: Outcome
    group: str = ""
    found: PillarWeights | None
    within_days: int | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """How well the items of a pillar measure one thing; None where there are fewer than two items or data."""

    pillar: str
    items: tuple[str, ...]
    n: int
    alpha: Estimate | None
    omega: float | None


def drivers(
    engine: "Engine",
    outcome: Outcome = Outcome.RECOMMENDS,
    *,
    period: Period | None = None,
    population: Population = EVERYBODY,
    by: str | None = None,
    weights: str = "none",
    within_days: int = WITHIN_DAYS,
    minimum_cell: int | None = None,
    replicates: int = 300,
) -> list[Drivers]:
    """Weights of the six pillars, of all and with `by` of each group, with bootstrap intervals by customer.

    Groups whose base does not allow it have equal weights, and say why. Raises `KeyError` for a dimension or
    scheme that answers do not have.
    """
    answers = answers_of(engine)
    keep = _kept(answers, period, population)
    found = responses_of(answers, keep, weights)
    y = found.nps if outcome is Outcome.RECOMMENDS else _buys_again(engine, found, within_days)
    groups = [("", np.ones(len(found.unit), np.bool_))] + (_groups(answers, found, by) if by else [])
    days = within_days if outcome is Outcome.BUYS_AGAIN else None
    return [
        _of_group(outcome, group, found, y, mine, days=days, least=minimum_cell, replicates=replicates)
        for group, mine in groups
    ]


def _of_group(
    outcome: Outcome, group: str, found: Responses, y: Array, mine: Array, *, days: int | None,
    least: int | None, replicates: int,
) -> Drivers:  # fmt: skip
    whole = mine & np.isfinite(y) & np.isfinite(found.pillars).all(axis=1)
    rows = np.flatnonzero(whole)
    rows = rows[:: max(1, -(-len(rows) // MOST))]
    people = len(np.unique(found.customer[rows]))
    if least is not None and 0 < people < least:
        return Drivers(outcome=outcome, group=group, found=None, within_days=days, hidden=True)
    weighed = pillar_weights(
        y[rows], found.pillars[rows], tuple(map(str, PILLARS)), found.unit[rows], weights=found.weight[rows],
        chance=np.random.default_rng(SEED), replicates=replicates,
    )  # fmt: skip
    return Drivers(outcome=outcome, group=group, found=weighed, within_days=days)


def _kept(answers: Answers, period: Period | None, population: Population) -> Array:
    """Per answer whether it is asked about."""
    mask = kept(answers, Question(spans=(), where=dict(population.key())))
    keep = mask.copy() if len(mask) else np.ones(len(answers), np.uint8)
    if period is not None:
        first, last = days_of(period)
        day = answers.columns["day"]
        keep &= ((day >= first) & (day < last)).astype(np.uint8)
    return keep


def _groups(answers: Answers, found: Responses, by: str) -> list[tuple[str, Array]]:
    code = answers.columns[by][found.first]
    texts = answers.codes[by]
    return [(UNSTATED if one == NONE_CODE else texts[one], code == one) for one in np.unique(code).tolist()]


def _buys_again(engine: "Engine", found: Responses, within_days: int) -> Array:
    """1 where the customer ordered within the days after the response, else 0; NaN where not known yet."""
    orders = engine.tables().orders
    orders = orders.filter(stands(orders), orders.customer.notnull())
    table = engine.run(orders.select("customer", micros=orders.ordered_at.epoch_seconds()))
    customer = np.asarray(table["customer"].to_numpy(), np.int64)
    moment = np.asarray(table["micros"].to_numpy(), np.int64) * 1_000_000
    if not len(moment):
        return np.full(len(found.time), np.nan)
    order = np.lexsort((moment, customer))
    customer, moment = customer[order], moment[order]
    place = _after(customer, moment, found.customer, found.time)
    again = (place < len(customer)) & (customer[np.minimum(place, len(customer) - 1)] == found.customer)
    again &= moment[np.minimum(place, len(moment) - 1)] <= found.time + within_days * _DAY
    known = (found.time + within_days * _DAY <= moment.max()) & (found.customer != 0)
    return np.where(known, again.astype(float), np.nan)


def _after(customer: Array, moment: Array, who: Array, when: Array) -> Array:
    """Place of the first order of each customer after a moment, in orders sorted by customer and time."""
    both = np.concatenate([customer, who])
    times = np.concatenate([moment, when])
    asked = np.concatenate([np.zeros(len(customer), np.int8), np.ones(len(who), np.int8)])
    order = np.lexsort((asked, times, both))
    before = np.cumsum(asked[order] == 0)
    place = np.empty(len(order), np.int64)
    place[order] = before
    return place[len(customer) :]


def reliability(
    engine: "Engine", *, period: Period | None = None, population: Population = EVERYBODY
) -> list[Reliability]:
    """Cronbach's alpha with Feldt's interval and McDonald's omega of every pillar with two items or more."""
    answers = answers_of(engine)
    keep = _kept(answers, period, population)
    return [_of_pillar(answers, keep, place) for place in range(len(PILLARS))]


def _of_pillar(answers: Answers, keep: Array, place: int) -> Reliability:
    columns = answers.columns
    rows = np.flatnonzero((columns["kind"] == FIRST_PILLAR + place) & (keep > 0))
    items, code = np.unique(columns["item"][rows], return_inverse=True)
    names = tuple(UNSTATED if item == NONE_CODE else answers.codes["item"][item] for item in items.tolist())
    response = np.searchsorted(answers.response_starts, rows, side="right")
    held, line = np.unique(response, return_inverse=True)
    table = np.full((len(held), len(items)), np.nan)
    table[line, code] = columns["value"][rows]
    whole = table[np.isfinite(table).all(axis=1)] if len(items) else table
    nothing = Reliability(pillar=str(PILLARS[place]), items=names, n=len(whole), alpha=None, omega=None)
    if len(items) < LEAST_ITEMS:
        return nothing
    try:
        found = scale_reliability(whole, names)
    except (TooFew, Constant, Collinear):
        return nothing
    alpha = Estimate(value=found.alpha, n=found.n, low=found.low, high=found.high, level=found.level)
    return replace(nothing, alpha=alpha, omega=_omega(whole, names))


def _omega(table: Array, names: tuple[str, ...]) -> float | None:
    """McDonald's omega of the one-factor model, which two items can not tell."""
    if len(names) <= LEAST_ITEMS:
        return None
    try:
        return one_factor(table, names).omega
    except ViaggioError:
        return None
