"""The product finds the planted truth again, on companies drawn from several seeds: changes and weights.

Companies of 900,000 interactions (two in the gate, four before a release), about 80 answers on deliveries a
month. Everything of a screen is tested together: eight figures of the company and of each of the 17
touchpoints that are asked about.
"""

import os
from datetime import date
from itertools import combinations

import numpy as np
import pytest

from viaggio.demo import generate
from viaggio.demo.company import PILLARS
from viaggio.demo.model import Recommend
from viaggio.estimate.monitor import Verdict
from viaggio.kernel import Period
from viaggio.pulse.responses import responses_of
from viaggio.store.changes import Screen, changes
from viaggio.store.drivers import drivers
from viaggio.store.engine import Engine
from viaggio.store.fold import fold
from viaggio.store.landing import land
from viaggio.store.workspace import Settings, create

pytestmark = pytest.mark.slow

SEEDS = (1, 2, 3, 4) if os.environ.get("VIAGGIO_LAWS") == "deep" else (1, 3)
SCALE = 900_000
NEEDED = {"customers", "touchpoints", "answers"}
SCREEN = Screen(
    metrics=("nps", "csat_top", *(f"pillar_{pillar}" for pillar in PILLARS)), cuts=((), ("touchpoint",))
)
AFTER, BEFORE = Period.parse("2025-12..2026-02"), Period.parse("2025-09..2025-11")
"""The first three waves with the new courier, and the three before."""
QUIET = ((Period.parse("2025-02..2025-04"), Period.parse("2024-11..2025-01")),
         (Period.parse("2025-05..2025-06"), Period.parse("2025-03..2025-04")))  # fmt: skip
"""Nothing was planted in these: the first story begins in July 2025."""
BEGS = {"help_request", "complaint"}
"""Where a team begs since November 2025, inside the three waves before: their scores do rise."""


@pytest.fixture(scope="module", params=SEEDS)
def company(request, tmp_path_factory):
    root = tmp_path_factory.mktemp(f"seed-{request.param}")
    generate(root / "company", scale=SCALE, seed=request.param, end=date(2026, 11, 1))
    ws = create(root / "ws", Settings(name="Officina Blu"))
    for source in ("crm", "pulse"):
        files = {path.name: path for path in sorted((root / "company" / source).glob("*.parquet"))
                 if path.name.partition("-")[0] in NEEDED}  # fmt: skip
        land(ws, kind="recipe", source=source, label=source, files=files, recipe="native", landed_at=0,
             by="ada")  # fmt: skip
    fold(ws)
    return Engine(ws)


def moved(engine, after, before):
    """Touchpoints of which the screen says that a figure improved or worsened; the company itself is none."""
    told = {
        (dict(one.by).get("touchpoint"), one.judged.verdict)
        for one in changes(engine, SCREEN, after, before)
        if one.judged.verdict in {Verdict.IMPROVED, Verdict.WORSENED}
    }
    return {(place, verdict) for place, verdict in told if place}


def test_the_courier_change_is_found_within_three_waves_and_no_other_touchpoint_is_accused(company):
    found = moved(company, AFTER, BEFORE)
    assert ("delivery", Verdict.WORSENED) in found
    assert ("delivery", Verdict.IMPROVED) not in found
    assert {place for place, _ in found} <= {"delivery"} | BEGS
    assert not {(place, Verdict.WORSENED) for place in BEGS} & found


def test_where_nothing_was_planted_no_touchpoint_is_accused(company):
    """Two screens a company, eight in all, each with a false alarm at most once in twenty times."""
    assert sum(bool(moved(company, *pair)) for pair in QUIET) == 0


def test_pillars_weigh_for_recommending_what_was_planted(company):
    """Shares of R2 that the planted coefficients and noise give; an interval in twenty may miss its own."""
    (found,) = drivers(company)
    responses = responses_of(company.answer_index())
    whole = np.isfinite(responses.pillars).all(axis=1) & np.isfinite(responses.nps)
    planted = np.array([Recommend().weights[pillar] for pillar in PILLARS])
    expected = shares(np.cov(1 + 6 * responses.pillars[whole] / 100, rowvar=False), planted)
    inside = [w.low <= share <= w.high for w, share in zip(found.found.weights, expected, strict=True)]
    assert sum(inside) >= 5
    order = np.argsort([w.value for w in found.found.weights])
    assert PILLARS[order[0]] == "personalisation"  # the least, and the two that count most
    assert {PILLARS[at] for at in order[-2:]} == {"resolution", "expectations"}


def shares(covariance, coefficients):
    """What each column adds to what the others explain, over all orders of adding (Lindeman 1980)."""
    together, k = covariance @ coefficients, len(coefficients)

    def explained(columns):
        part = list(columns)
        return (
            float(together[part] @ np.linalg.solve(covariance[np.ix_(part, part)], together[part]))
            if part
            else 0.0
        )

    gains = np.zeros(k)
    for one in range(k):
        others = [at for at in range(k) if at != one]
        by_size = [
            np.mean([explained((*some, one)) - explained(some) for some in combinations(others, size)])
            for size in range(k)
        ]
        gains[one] = np.mean(by_size)
    return gains / gains.sum()
