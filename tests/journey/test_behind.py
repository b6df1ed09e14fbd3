"""The customers behind a cell are those that the cell counts, no more and no fewer."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from tests.journey.test_every_kernel import CODES, ORDER, START, UNTIL, log

from viaggio.journey import attribution, loops, paths, retention, sub_paths
from viaggio.journey.kernels.attribution.kernel import AttributionKernel
from viaggio.journey.kernels.attribution.model import NO_TOUCH, Attribution, AttributionRules, Model
from viaggio.journey.kernels.behind.lost import LostKernel
from viaggio.journey.kernels.behind.returned import ReturnedKernel
from viaggio.journey.kernels.behind.takers import Stretch, TakersKernel
from viaggio.journey.kernels.behind.touched import TouchedKernel
from viaggio.journey.kernels.drop_off import DropOffKernel
from viaggio.journey.kinds import InteractionKind
from viaggio.journey.run import run
from viaggio.journey.where import Where

HOUR = 3_600_000_000
RULES = AttributionRules(lookback_micros=20 * HOUR, direct=("web",))
SITE = InteractionKind(touchpoints=("site", "ad"))
SPLIT = tuple(model for model in Model if model not in {Model.MARKOV, Model.MARKOV_2})
WHERES = (Where(), Where(channels=("web", "app")))


def credit(found: Attribution, name: str | None) -> float:
    return next((one.conversions for one in found.credits if one.name == name), 0.0)


@pytest.mark.parametrize("model", SPLIT)
@pytest.mark.parametrize("where", WHERES)
def test_all_the_credit_of_a_place_comes_from_those_behind_and_each_brings_some(
    model: Model, where: Where
) -> None:
    data, since = log(7), START + 9 * HOUR
    counting = AttributionKernel(
        ORDER, "channel", RULES, InteractionKind(touchpoints=("ad", "site", "call")), since, (model,), None
    )
    everybody = np.array(sorted({int(key) for i in range(7) for key in data.bucket(i).customers}))
    for name in (*CODES.channel, None, NO_TOUCH):
        whole = credit(run(data, counting, where=where), name)
        who = run(
            data,
            TouchedKernel(name, model, ORDER, "channel", RULES, counting.touches, since),
            where=where,
        )
        others = np.setdiff1d(everybody, who)
        chosen, rest = (
            run(data, counting, where=Where(customers=keys, channels=where.channels))
            for keys in (who, others)
        )
        assert credit(chosen, name) == pytest.approx(whole)
        assert credit(rest, name) == 0
        for one in who[:6]:
            alone = run(data, counting, where=Where(customers=np.array([one]), channels=where.channels))
            assert credit(alone, name) > 0


def test_without_a_kind_a_conversion_is_what_brings_a_value() -> None:
    data = log(3)
    found = attribution(data, models=["last"], level=None, by="touchpoint")
    for name in CODES.touchpoint:
        who = run(data, TouchedKernel(name, Model.LAST, by="touchpoint"))
        mine = attribution(data, models=["last"], level=None, by="touchpoint", where=Where(customers=who))
        assert credit(mine, name) == credit(found, name)


@pytest.mark.parametrize("where", WHERES)
@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_as_many_are_behind_a_cell_of_retention_as_it_counts(unit: Any, where: Where) -> None:
    data = log(7)
    asked: dict[str, Any] = {"unit": unit, "zone": "Europe/Rome", "first": SITE, "back": ORDER}
    found = retention(data, **asked, until_micros=UNTIL, periods=3, where=where)
    assert sum(cell.back for cell in found.cells) > 5
    for cell in found.cells:
        who = run(data, ReturnedKernel(cell.cohort or "", cell.period, **asked), where=where)
        assert len(who) == len(set(who.tolist())) == cell.back
    for cohort in found.cohorts:
        who = run(data, ReturnedKernel(cohort.cohort, None, **asked), where=where)
        assert len(who) == cohort.customers
        again = retention(data, **asked, until_micros=UNTIL, where=Where(
            customers=who, channels=where.channels
        ))  # fmt: skip
        assert [(c.cohort, c.customers) for c in again.cohorts] == [(cohort.cohort, len(who))]


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("where", WHERES)
def test_as_many_are_behind_a_path_as_it_counts(last: bool, repeats: bool, where: Where) -> None:
    data = log(7)
    found = paths(data, steps=3, top=500, last=last, repeats=repeats, where=where)
    assert len(found.paths) == found.different
    met: list[int] = []
    for path in found.paths:
        stretch: Stretch = "last" if last else "first"
        who = run(data, TakersKernel(path.places, stretch, 3, collapse=not repeats), where=where)
        assert len(who) == path.customers
        met += who.tolist()
    assert len(met) == len(set(met)) == found.customers  # everybody takes one path
    below = sub_paths(data, longest=3, top=500, repeats=repeats, where=where)
    for part in below.paths[::7]:
        who = run(data, TakersKernel(part.places, "anywhere", collapse=not repeats), where=where)
        assert len(who) == part.customers


@pytest.mark.parametrize("where", WHERES)
def test_all_who_are_lost_after_a_place_are_behind_it(where: Where) -> None:
    data, until = log(7), START + 50 * HOUR
    counting = DropOffKernel(until, 12 * HOUR)
    whole = {place.name: place for place in run(data, counting, where=where).places}
    everybody = np.array(sorted({int(key) for i in range(7) for key in data.bucket(i).customers}))
    for name in CODES.touchpoint:
        who = run(data, LostKernel(name, until, 12 * HOUR), where=where)
        assert 0 < len(who) <= whole[name].later + whole[name].never
        for keys, lost in ((who, whole[name].later + whole[name].never), (np.setdiff1d(everybody, who), 0)):
            mine = run(data, counting, where=Where(customers=keys, channels=where.channels)).places
            assert sum(place.later + place.never for place in mine if place.name == name) == lost


def test_loops_of_one_and_two_steps_are_runs_of_places() -> None:
    data = log(7)
    found = [one for one in loops(data).loops if one.length < 3 and one.name]
    assert found
    for one in found:
        way = (one.name, one.name) if one.length == 1 else (one.name, one.via, one.name)
        who = run(data, TakersKernel(way, "anywhere", collapse=one.length == 2))
        assert len(who) == one.customers


def test_what_does_not_occur_has_nobody_behind_it() -> None:
    data = log(1)
    assert run(data, TakersKernel(("site", "moon"))).tolist() == []
    assert run(data, TakersKernel(())).tolist() == []
    assert run(data, TouchedKernel("moon", conversion=ORDER)).tolist() == []
    year = str(datetime.fromtimestamp(START / 1e6, UTC).year - 1)
    assert run(data, ReturnedKernel(f"{year}-01", 0)).tolist() == []
