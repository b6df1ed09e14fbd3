"""Journeys asked on a cluster are those of one machine, bit for bit, also when a machine is lost."""

import pickle
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.spark.slow import SlowKernel

from viaggio import journey
from viaggio.demo.designed import MOVES, NAME
from viaggio.journey import design_from_csv
from viaggio.journey.filter import read_filters
from viaggio.journey.run import run
from viaggio.kernel import ViaggioError
from viaggio.store.engine import engine
from viaggio.store.journeys import ask
from viaggio.store.spark import spark_journeys

pytestmark = [
    pytest.mark.spark,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

WHERE = ("", "channel != store and customers who did checkout")
DESIGN = design_from_csv(MOVES, NAME)
DAYS = timedelta(days=30)
QUESTIONS: dict[str, Callable[..., Any]] = {
    "phase flow": journey.phase_flow,
    "transitions": journey.transitions,
    "transitions by channel": partial(journey.transitions, by="channel"),
    "sessions": journey.sessions,
    "visits": journey.visits,
    "step times": journey.step_times,
    "touchpoint steps": partial(journey.touchpoint_steps, steps=4),
    "conformance": partial(journey.conformance, design=DESIGN),
    "strict conformance": partial(journey.conformance, design=DESIGN, strict=True),
    "paths": partial(journey.paths, steps=6),
    "paths of sessions": partial(journey.paths, per="session", last=True),
    "variants": journey.variants,
    "sub-paths": partial(journey.sub_paths, longest=3, least_customers=5),
    "flow": journey.flow,
    "flow around an anchor": partial(journey.flow, anchor="checkout", which="every", before=2, after=2),
    "attribution": journey.attribution,
    "attribution, second order": partial(journey.attribution, order=2, by="touchpoint"),
    "funnel": partial(journey.funnel, steps=["product_page", "cart", "checkout"], within=DAYS),
    "funnel in any order": partial(journey.funnel, steps=["cart", "checkout"], any_order=True, by="channel"),
    "retention": journey.retention,
    "return curve": partial(journey.return_curve, days=60),
    "drop-off": journey.drop_off,
    "loops": journey.loops,
    "leaving": partial(journey.leaving, goal="checkout"),
    "leaving after silence": partial(journey.leaving, goal="checkout", silence=DAYS, by="channel"),
    "what distinguishes": partial(journey.distinguishes, goal="checkout"),
}


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_answered_as_on_one_machine(company, session, name, where):
    there = spark_journeys(company, session)
    here = answer(QUESTIONS[name], there.local, where)
    assert pickle.dumps(answer(QUESTIONS[name], there, where)) == pickle.dumps(here)


def answer(question: Callable[..., Any], journeys: Any, where: str) -> Any:
    """The answer, or what is wrong with the question: a filter may leave nobody to anchor at."""
    try:
        return question(journeys, where=where or None)
    except ViaggioError as error:
        return str(error)


def test_groups_are_compared_and_changes_worked_out_as_on_one_machine(company, session):
    there = spark_journeys(company, session)
    groups = "channel = web", "channel = store"
    compared = [journey.compare_groups(journeys, *groups) for journeys in (there, there.local)]
    assert pickle.dumps(compared[0]) == pickle.dumps(compared[1])
    changes = [
        journey.what_if(journey.leaving(journeys, goal="checkout")) for journeys in (there, there.local)
    ]
    assert pickle.dumps(changes[0]) == pickle.dumps(changes[1])


def in_the_middle(session) -> bool:
    """Whether a bucket has been walked and another one is being walked."""
    tracker = session.sparkContext.statusTracker()
    stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
    return any(info and info.numCompletedTasks and info.numActiveTasks for info in stages)


def test_a_machine_that_is_lost_in_the_middle_changes_nothing(company, session, cluster):
    there = spark_journeys(company, session)
    found: list[bytes] = []
    asking = threading.Thread(target=lambda: found.append(pickle.dumps(run(there, SlowKernel(1.0)))))
    begun = time.monotonic()
    asking.start()
    while not in_the_middle(session):
        assert asking.is_alive()
    cluster.kill_worker()
    asking.join(300)
    assert found == [pickle.dumps(run(there.local, SlowKernel(0.0)))]
    assert time.monotonic() - begun > 16 / 2  # the work was shared out, and a machine's share done again
    cluster.start_worker()


def test_what_is_no_index_on_the_machines_fails_with_its_path(company, session, tmp_path):
    there = spark_journeys(company, session)
    elsewhere = type(there)(session, Path(tmp_path / "nowhere"), there.local)
    with pytest.raises(Exception, match="nowhere"):
        journey.phase_flow(elsewhere)


FILTERS = (
    "segment = b2c and region != Lazio",
    "function = ecommerce, marketing",
    "property.campaign = newsletter, primavera-in-bici",
    "property.results is empty and customers who did property.results = 0",
)


@pytest.mark.parametrize("text", FILTERS)
def test_what_the_index_does_not_hold_is_looked_up_on_the_cluster_and_found_alike(
    company, session, cluster, text
):
    condition, local = read_filters((text,)), engine(company)
    here, there = (
        ask(local, "funnel", condition=condition, cluster=address, steps=["product_page"], by="segment")
        for address in ("", cluster.address)
    )
    assert pickle.dumps(there) == pickle.dumps(here)
    assert sum(row["reached"] for row in here.table().to_pylist()) > 0


def test_the_command_line_asks_the_cluster_with_its_address(company, session, cluster):
    from click.testing import CliRunner

    from viaggio.cli.app import app

    asked = ["journey", "transitions", "--workspace", str(company.root), "--json"]
    here = CliRunner().invoke(app, asked)
    there = CliRunner().invoke(app, [*asked, "--engine", cluster.address])
    assert (here.exit_code, there.exit_code) == (0, 0), there.output
    assert there.output == here.output
