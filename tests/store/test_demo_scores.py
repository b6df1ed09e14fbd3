"""On the sample company, whose truth is known: what was planted is found, and nobody else is accused."""

from datetime import date
from itertools import permutations

import numpy as np
import pytest
from tests.store.tiny import NOON

from viaggio.demo import generate
from viaggio.demo.model import Recommend
from viaggio.estimate.monitor import Verdict
from viaggio.kernel import Period
from viaggio.pulse.index import PILLARS
from viaggio.pulse.responses import responses_of
from viaggio.store.changes import Screen, changes, wave_changes
from viaggio.store.drivers import drivers
from viaggio.store.engine import Engine
from viaggio.store.fold import fold
from viaggio.store.landing import land
from viaggio.store.readings import read, visits_of
from viaggio.store.workspace import Settings, create

pytestmark = pytest.mark.slow

EVERYTHING = Screen(
    metrics=("nps", "csat_top", *(f"pillar_{pillar}" for pillar in PILLARS)), cuts=((), ("touchpoint",))
)
TOLD = (Verdict.IMPROVED, Verdict.WORSENED)


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    root = tmp_path_factory.mktemp("officina")
    generate(root / "company", scale=300_000, seed=2026, end=date(2026, 11, 1))
    ws = create(root / "ws", Settings(name="Officina Blu"))
    for folder in sorted(path for path in (root / "company").iterdir() if path.is_dir()):
        files = {path.name: path for path in sorted(folder.glob("*.parquet"))}
        land(ws, kind="recipe", source=folder.name, label=folder.name, files=files, recipe="native",
             landed_at=NOON, by="ada")  # fmt: skip
    fold(ws)
    return Engine(ws)


def said(found):
    return {
        (one.metric, dict(one.by).get("touchpoint", "all")) for one in found if one.judged.verdict in TOLD
    }


def test_the_new_courier_is_found_within_three_waves_and_nobody_else_accused(live):
    """From January 2026 parcels come with another courier: three waves of it against the three before."""
    after, before = Period.parse("2026-01..2026-03"), Period.parse("2025-10..2025-12")
    found = said(changes(live, EVERYTHING, after, before))
    assert found
    assert {touchpoint for _, touchpoint in found} == {"delivery"}


def test_quarters_in_which_nothing_was_planted_are_quiet(live):
    for after, before in (("2025-04..2025-06", "2025-01..2025-03"), ("2025-07..2025-07", "2025-04..2025-06")):
        assert said(changes(live, EVERYTHING, Period.parse(after), Period.parse(before))) == set()


def test_from_wave_to_wave_touchpoints_are_accused_no_more_often_than_the_rate_allows(live):
    """Eight pairs of waves before anything was planted, some hundred figures each: at most one cries wolf."""
    waves = [wave for wave in live.answer_index().codes["wave"] if wave < "2025-08"]
    whole = Period.parse("2024..2026")
    pairs = list(zip(waves[1:], waves[:-1], strict=True))
    assert len(pairs) >= 7
    alarms = sum(bool(said(wave_changes(live, EVERYTHING, *pair, whole))) for pair in pairs)
    assert alarms <= 1


def test_pillars_weigh_for_recommending_what_was_planted(live):
    """The planted coefficients and noise, on the pillars as they were answered, as shares of R2."""
    (found,) = drivers(live)
    responses = responses_of(live.answer_index())
    whole = np.isfinite(responses.pillars).all(axis=1) & np.isfinite(responses.nps)
    points = 1 + 6 * responses.pillars[whole] / 100
    planted = np.array([Recommend().weights[str(pillar)] for pillar in PILLARS])
    expected = _shares(np.cov(points, rowvar=False), planted, Recommend().noise)
    for weight, share in zip(found.found.weights, expected, strict=True):
        assert weight.low <= share <= weight.high


def _shares(covariance, coefficients, noise):
    """Average gain in R2 over all orders in which six columns can come, of a linear model (Lindeman 1980)."""
    together = covariance @ coefficients
    total = coefficients @ together + noise**2

    def explained(columns):
        if not columns:
            return 0.0
        part = np.ix_(columns, columns)
        return together[columns] @ np.linalg.solve(covariance[part], together[columns]) / total

    known = {}
    gains = np.zeros(len(coefficients))
    for order in permutations(range(len(coefficients))):
        for place, column in enumerate(order):
            sets = (tuple(sorted(order[:place])), tuple(sorted(order[: place + 1])))
            for one in sets:
                if one not in known:
                    known[one] = explained(list(one))
            gains[column] += known[sets[1]] - known[sets[0]]
    return gains / gains.sum()


SEARCHED = """
select count(*) filter (results = 0) / count(*) as share, count(*) as n
from (
    select (properties::json ->> 'results')::int as results from interactions
    where properties like '%results%'
)
"""


def test_visits_put_together_from_pages_are_those_that_the_shop_tells(live):
    """Every visit of the shop is found again from its pages, with as many of them and as long."""
    told = live.sql(  # moments as numbers: the hour that comes twice in autumn equals nothing in another zone
        "select customer, epoch_us(started_at) as started_at, pages, seconds from visits "
        "where customer is not null"
    )
    made = visits_of(live).table().select(told.column_names)
    made = made.set_column(1, "started_at", made["started_at"].cast("int64"))
    order = [("customer", "ascending"), ("started_at", "ascending")]
    assert told.num_rows > 10_000
    assert made.sort_by(order).to_pydict() == told.sort_by(order).to_pydict()
    (searched,) = live.sql(SEARCHED).to_pylist()
    (reading,) = read(live, "searches_without_result", [Period.parse("2024-11..2026-10")])
    assert (reading.value, reading.n) == (searched["share"], searched["n"])
