"""No kernel is left out: of each there is, nothing depends on buckets, threads or the order of merging."""

import pickle
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import numpy as np
import pytest
from tests.journey.test_conformance import SHOP

from viaggio.journey import Where, kernels
from viaggio.journey.index import Codes, MemoryJourneys, memory_journeys
from viaggio.journey.kernels.attribution.kernel import AttributionKernel
from viaggio.journey.kernels.behind.lost import LostKernel
from viaggio.journey.kernels.behind.returned import ReturnedKernel
from viaggio.journey.kernels.behind.takers import TakersKernel
from viaggio.journey.kernels.behind.touched import TouchedKernel
from viaggio.journey.kernels.conformance import ConformanceKernel
from viaggio.journey.kernels.deviants import DeviantsKernel
from viaggio.journey.kernels.drop_off import DropOffKernel
from viaggio.journey.kernels.flow import FlowKernel
from viaggio.journey.kernels.funnel.definition import Entry, FunnelRules, Stage
from viaggio.journey.kernels.funnel.kernel import FunnelKernel
from viaggio.journey.kernels.goal_value import GoalValueKernel
from viaggio.journey.kernels.last_seen import LastSeenKernel
from viaggio.journey.kernels.leaving import LeavingKernel
from viaggio.journey.kernels.loops import LoopKernel
from viaggio.journey.kernels.paths import PathKernel
from viaggio.journey.kernels.phase_flow import PhaseFlowKernel
from viaggio.journey.kernels.reach import ReachKernel
from viaggio.journey.kernels.retention.cohorts import RetentionKernel
from viaggio.journey.kernels.retention.curve import ReturnKernel
from viaggio.journey.kernels.sessions import SessionKernel
from viaggio.journey.kernels.step_times import StepTimeKernel
from viaggio.journey.kernels.subpaths import SubPathKernel
from viaggio.journey.kernels.touchpoint_steps import TouchpointStepKernel
from viaggio.journey.kernels.transitions import TransitionKernel
from viaggio.journey.kernels.visits import VisitKernel
from viaggio.journey.kinds import InteractionKind
from viaggio.journey.run import run
from viaggio.journey.where import ALL

HOUR = 3_600_000_000
START = 1_792_890_000_000_000  # an hour before the clocks of Rome go back in 2026
UNTIL = START + 400 * HOUR
CODES = Codes(
    touchpoint=("ad", "site", "basket", "order", "call"),
    channel=("web", "app", "phone"),
    phase=("care", "discovery", "purchase"),
    outcome=("viewed", "found", "nothing_found", "converted"),
)
ORDER = InteractionKind(touchpoints=("order",))
STAGES = tuple(Stage(steps=(InteractionKind(touchpoints=(name,)),)) for name in ("site", "basket", "order"))
KERNELS: tuple[Any, ...] = (
    AttributionKernel(ORDER),
    ConformanceKernel(SHOP, strict=True),
    DeviantsKernel(SHOP, strict=True),
    DropOffKernel(UNTIL, 24 * HOUR),
    FlowKernel(ORDER, "every"),
    FunnelKernel(FunnelRules(stages=STAGES, within_micros=48 * HOUR, entry=Entry.EVERY), "channel"),
    GoalValueKernel(ORDER),
    LastSeenKernel(),
    LeavingKernel(ORDER, UNTIL, 24 * HOUR),
    LoopKernel(),
    LostKernel("site", UNTIL, 24 * HOUR),
    PathKernel(3, 5),
    PhaseFlowKernel(),
    ReachKernel("touchpoint", ORDER),
    ReturnedKernel("2026-10-25", 1, "day", "Europe/Rome"),
    RetentionKernel(UNTIL, "day", "Europe/Rome", periods=5),
    ReturnKernel(UNTIL, days=9),
    SessionKernel(),
    StepTimeKernel(),
    SubPathKernel(3, 5),
    TakersKernel(("site", "ad"), "anywhere"),
    TouchedKernel("web", conversion=ORDER),
    TouchpointStepKernel(),
    TransitionKernel(),
    VisitKernel(),
)
kernel = pytest.mark.parametrize("kernel", KERNELS, ids=lambda one: type(one).__name__)


@cache
def log(buckets: int) -> MemoryJourneys:
    """Ninety customers in three hundred interactions, many at one moment, some customers with one only."""
    chance, rows = np.random.default_rng(11), 300
    columns = {
        "customer": chance.choice([*range(30), *range(30, 90)], rows, p=[2 / 90] * 30 + [1 / 180] * 60),
        "time": START + chance.integers(0, 60, rows) * HOUR,
        "key": chance.permutation(rows),
        "value": chance.integers(0, 90, rows) * 100,
        "cost": chance.integers(0, 9, rows),
        **{name: chance.integers(-1, len(CODES.of(name)), rows) for name in ("channel", "phase", "outcome")},
        "touchpoint": chance.integers(0, 5, rows),
    }
    return memory_journeys(columns, CODES, buckets=buckets)


def plain(result: Any) -> Any:
    """A result in values that can be compared; arrays as lists."""
    if isinstance(result, np.ndarray):
        return result.tolist()
    if isinstance(result, dict):
        return {name: plain(value) for name, value in result.items()}
    if is_dataclass(result):
        return [plain(getattr(result, field.name)) for field in fields(result)]
    return result


def test_there_is_no_other_kernel() -> None:
    modules = [import_module(found.name) for found in walk_packages(kernels.__path__, f"{kernels.__name__}.")]
    there = {
        made
        for module in modules
        for made in vars(module).values()
        if isinstance(made, type) and made.__name__.endswith("Kernel") and hasattr(made, "part")
    }
    assert {type(one) for one in KERNELS} == there


@kernel
def test_buckets_and_threads_change_nothing(kernel: Any) -> None:
    for where in (Where(), Where(channels=("web", "app")), Where(touchpoints=())):
        one = plain(run(log(1), kernel, where=where))
        assert plain(run(log(7), kernel, where=where)) == one
        assert plain(run(log(64), kernel, where=where, threads=2)) == one
    assert plain(run(log(1024), kernel)) == plain(run(log(1), kernel))


@kernel
def test_parts_merge_in_any_order_and_travel_to_other_processes(kernel: Any) -> None:
    again = pickle.loads(pickle.dumps(kernel))
    assert (again, hash(again)) == (kernel, hash(kernel))
    parts = [again.part(log(3).bucket(i), ALL, CODES) for i in range(3)]
    a, b, c = (pickle.loads(pickle.dumps(part)) for part in parts)
    orders = (
        kernel.merge(kernel.merge(a, b), c),
        kernel.merge(a, kernel.merge(b, c)),
        kernel.merge(c, kernel.merge(b, a)),
    )
    whole = plain(run(log(1), kernel))
    assert [plain(kernel.finish(part, CODES)) for part in orders] == [whole] * 3
