"""Questions on who goes on agree with each other and with transitions; their kernels can be sent away."""

import pickle
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journey.short_logs import AUTUMN, CODES, DAY, LOGS, SOME_WHERES, ShortLog

import viaggio as vg
from viaggio.journey.kernels.drop_off import DropOffKernel
from viaggio.journey.kernels.funnel.definition import FunnelRules, Stage
from viaggio.journey.kernels.funnel.kernel import FunnelKernel
from viaggio.journey.kernels.last_seen import LastSeenKernel
from viaggio.journey.kernels.leaving import LeavingKernel
from viaggio.journey.kernels.loops import LoopKernel
from viaggio.journey.kernels.retention.cohorts import RetentionKernel
from viaggio.journey.kernels.retention.curve import ReturnKernel
from viaggio.journey.kinds import ANY, InteractionKind
from viaggio.journey.where import ALL, Where

EXAMPLES = settings(max_examples=60, deadline=None)
UNTIL = AUTUMN + 401 * DAY
ORDER = InteractionKind(touchpoints=("order",))
KERNELS: tuple[Any, ...] = (
    FunnelKernel(FunnelRules(stages=(Stage(steps=(ANY,)), Stage(steps=(ORDER,)))), "channel"),
    RetentionKernel(UNTIL, "week", "Europe/Rome"),
    ReturnKernel(UNTIL),
    DropOffKernel(UNTIL, DAY),
    LoopKernel(intervals=True),
    LeavingKernel(ORDER, UNTIL, DAY),
    LastSeenKernel(),
)


@EXAMPLES
@given(log=LOGS, where=SOME_WHERES, touchpoint=st.sampled_from(CODES.touchpoint))
def test_the_questions_agree_with_each_other(log: ShortLog, where: Where, touchpoint: str) -> None:
    journeys = log.journeys(7)
    moved = vg.journey.transitions(journeys, where=where)
    anybody = vg.journey.funnel(journeys, steps=[ANY, ANY], where=where)
    assert anybody.entered == anybody.customers == moved.customers
    assert [step.name for step in anybody.steps] == ["*", "*"]
    back = vg.journey.return_curve(journeys, where=where, days=900, until_micros=UNTIL + 900 * DAY).back
    assert anybody.converted == back
    kept = vg.journey.retention(journeys, where=where, periods=900, until_micros=UNTIL)
    assert kept.customers == moved.customers
    assert sum(cell.later for cell in kept.cells if cell.period == 0) == anybody.converted
    lost = vg.journey.drop_off(journeys, where=where, until_micros=UNTIL)
    assert {p.name: p.interactions for p in lost.places} == {p.name: p.interactions for p in moved.places}
    here = vg.journey.funnel(journeys, steps=[touchpoint], where=where).entered
    assert here == sum(place.customers for place in lost.places if place.name == touchpoint)
    tries = vg.journey.leaving(journeys, goal=touchpoint, where=where)
    every = vg.journey.funnel(journeys, steps=[touchpoint], entry="every", where=where)
    assert (
        tries.converted == every.entered == sum(p.interactions for p in moved.places if p.name == touchpoint)
    )
    assert tries.attempts == tries.converted + tries.left + tries.open
    assert sum(p.visits for p in tries.places) + tries.converted == moved.interactions
    ends = sum(place.ends for place in moved.places if place.name != touchpoint)
    assert (tries.left, tries.open) == (ends, 0)


@settings(max_examples=5, deadline=None)
@given(log=LOGS, kernel=st.sampled_from(KERNELS))
def test_kernels_and_parts_travel_to_other_processes(log: ShortLog, kernel: Any) -> None:
    bucket = log.journeys(1).bucket(0)
    part = pickle.loads(pickle.dumps(kernel.part(bucket, ALL, CODES)))
    same = pickle.loads(pickle.dumps(kernel)).part(bucket, ALL, CODES)
    assert kernel.finish(part, CODES) == kernel.finish(same, CODES)
