"""Scores counted on a cluster, part by part of the answer index, are those of this machine, bit for bit."""

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from viaggio.kernel import Population
from viaggio.measure.catalogue import CATALOGUE
from viaggio.measure.scores import rows_of_cuts
from viaggio.pulse import parts as cutting
from viaggio.pulse.parts import parts_of
from viaggio.store.engine import engine
from viaggio.store.readings import cut_of, data_period, read
from viaggio.store.spark import spark_engine

pytestmark = [
    pytest.mark.spark,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

SCORED = [slug for slug, metric in CATALOGUE.items() if metric.figure]
SOME = Population(where={"segment": ("b2c",), "channel": ("web", "app", "")})


@pytest.fixture
def small_parts(monkeypatch):
    """So that there is more than one."""
    monkeypatch.setattr(cutting, "PART_ROWS", 700)


def cuts(here, whom):
    """Figures of quarters, weighted in every way that there is, compared and with persons."""
    quarters = [*data_period(here).bins("quarter")][-4:]
    schemes = ("none", *here.answer_index().weights)
    for by in ((), ("function", "phase"), ("touchpoint", "region")):
        for scheme in schemes:
            cut = cut_of(here, quarters, whom, by, people=True, weights=scheme)
            yield cut, (1, 2, 3, -1)


@pytest.mark.parametrize("whom", [Population(), SOME], ids=["everybody", "some"])
def test_every_sum_over_answers_is_the_one_counted_here(company, session, small_parts, whom):
    here, there = engine(company), spark_engine(company, session)
    asked = [*cuts(here, whom)]
    assert len(parts_of(here.answer_index())) > 2
    found = rows_of_cuts(there.answer_index(), asked)
    assert pickle.dumps(found) == pickle.dumps(rows_of_cuts(here.answer_index(), asked))
    assert sum(row["n"] for rows in found for row in rows["nps"]) > 30


def test_every_score_read_there_is_the_one_read_here(company, session):
    here, there = engine(company), spark_engine(company, session)
    whole = [data_period(here)]
    scores = {slug: read(there, slug, whole, by=("segment",), minimum_cell=5) for slug in SCORED}
    assert scores == {slug: read(here, slug, whole, by=("segment",), minimum_cell=5) for slug in SCORED}
    assert all(any(reading.has_value for reading in readings) for readings in scores.values())


def test_a_file_that_a_fold_took_away_is_read_by_who_still_has_it_open(company, session, small_parts):
    here, there = engine(company), spark_engine(company, session)
    own = there.answer_index()
    gone = replace(own.elsewhere, path=Path(f"{own.elsewhere.path}.gone"))
    asked = [*cuts(here, Population())][:1]
    found = rows_of_cuts(replace(own, elsewhere=gone), asked)
    assert pickle.dumps(found) == pickle.dumps(rows_of_cuts(here.answer_index(), asked))
