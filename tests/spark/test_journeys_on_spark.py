"""Journeys asked on a cluster are those of one machine, bit for bit, also when a machine is lost."""

import pickle
import threading
import time
from datetime import date
from pathlib import Path

import pytest
from tests.spark.slow import SlowKernel

from viaggio import journey
from viaggio.demo import generate
from viaggio.journey.run import run
from viaggio.store.fold import fold
from viaggio.store.intake import land_recipe
from viaggio.store.spark import spark_journeys
from viaggio.store.workspace import Settings, Workspace, create

pytestmark = [
    pytest.mark.spark,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]

WHERE = ("", "channel = web", "phase = care and customers who did checkout")
QUESTIONS = {
    "phase_flow": {}, "transitions": {}, "transitions by channel": {"by": "channel"}, "sessions": {},
    "step_times": {}, "touchpoint_steps": {"steps": 4},
}  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("company")
    made = create(folder / "workspace", Settings(name="Officina Blu", buckets=16))
    generate(folder / "raw", scale=20_000, seed=7, end=date(2026, 10, 1))
    for source in sorted(path for path in (folder / "raw").iterdir() if path.is_dir()):
        files = {path.name: path for path in sorted(source.glob("*.parquet"))}
        land_recipe(made, files, "native", {"source": source.name}, by="test")
    fold(made)
    return made


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_answered_as_on_one_machine(company, session, name, where):
    asked = getattr(journey, name.split()[0])
    there = spark_journeys(company, session)
    here = asked(there.local, where=where or None, **QUESTIONS[name])
    assert pickle.dumps(asked(there, where=where or None, **QUESTIONS[name])) == pickle.dumps(here)


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


def test_the_command_line_asks_the_cluster_with_its_address(company, session, cluster):
    from click.testing import CliRunner

    from viaggio.cli.app import app

    asked = ["journey", "transitions", "--workspace", str(company.root), "--json"]
    here = CliRunner().invoke(app, asked)
    there = CliRunner().invoke(app, [*asked, "--engine", cluster.address])
    assert (here.exit_code, there.exit_code) == (0, 0), there.output
    assert there.output == here.output
