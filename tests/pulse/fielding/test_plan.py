import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio.kernel import Population
from viaggio.pulse.fielding import (
    FINDINGS,
    FRAME_DIMENSIONS,
    BadPlan,
    Consent,
    Event,
    Hours,
    Plan,
    PulseKind,
    QuotaRule,
    Reminders,
    Rest,
    Sample,
    Trigger,
    plan_data,
    plan_findings,
    plan_from_data,
)
from viaggio.pulse.model import AskedBy, AskedUnit

DELIVERY = {"kind": "event", "trigger": {"event": "delivery"}}
words = st.text("abcdefgh_", min_size=1, max_size=8)
days = st.integers(0, 400)


@st.composite
def event_plans(draw) -> Plan:
    first = draw(st.integers(0, 22))
    by = draw(st.sampled_from(["", *FRAME_DIMENSIONS]))
    rates = draw(st.dictionaries(words, st.floats(0.01, 1), max_size=3)) if by else {}
    return Plan(
        kind=PulseKind.EVENT,
        trigger=Trigger(
            event=draw(st.sampled_from(Event)), touchpoints=("till",),
            outcomes=tuple(draw(st.lists(words, max_size=2))), delay_hours=draw(st.integers(0, 900)),
            look_back_days=draw(st.integers(1, 90)),
        ),
        where=Population({"segment": ("b2b", "b2c")}) if draw(st.booleans()) else Population(),
        sample=Sample(rate=draw(st.floats(0.01, 1)), by=by, rates=rates),
        consent=draw(st.sampled_from(Consent)),
        hours=Hours(first=first, last=draw(st.integers(first + 1, 24)),
                    weekdays=tuple(sorted(draw(st.sets(st.integers(1, 7), min_size=1))))),
        rest=Rest(person=draw(days), person_type=draw(days), account=draw(days), account_type=draw(days),
                  reminders_count=draw(st.booleans())),
        reminders=Reminders(after_days=draw(st.integers(1, 60)), most=draw(st.integers(0, 5))),
        thanks=draw(st.booleans()),
        channels=tuple(draw(st.lists(st.sampled_from([AskedBy.EMAIL, AskedBy.SMS, AskedBy.WHATSAPP]),
                                     min_size=1, unique=True))),
        languages=tuple(draw(st.lists(words, min_size=1, max_size=3))),
        wave=draw(st.sampled_from(["week", "month", "quarter"])),
        expires_days=draw(st.integers(1, 180)),
        quotas=tuple(QuotaRule(name=name, limit=n + 1) for n, name in
                     enumerate(draw(st.lists(words, unique=True, max_size=3)))),
    )  # fmt: skip


@given(event_plans())
def test_a_plan_written_and_read_is_the_same_plan(plan: Plan):
    data = json.loads(json.dumps(plan_data(plan)))
    assert plan_from_data(data) == plan
    assert plan_data(plan_from_data(data)) == data


def test_a_short_plan_has_the_usual_rules():
    plan = plan_from_data(DELIVERY)
    assert plan.unit is AskedUnit.ORDER
    assert (plan.rest.person, plan.rest.person_type, plan.expires_days) == (30, 90, 21)
    assert plan.consent is Consent.STATED
    assert plan.pay_base


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"trigger": {"event": "birth"}}, "trigger.event", "plan.unreadable"),
        ({"trigger": {"event": "delivery", "delay_hours": "soon"}}, "trigger.delay_hours", "plan.unreadable"),
        ({"trigger": {"event": "delivery", "delay_hours": True}}, "trigger.delay_hours", "plan.unreadable"),
        ({"trigger": {"event": "interaction"}}, "trigger.touchpoints", "trigger.needs_touchpoints"),
        ({"colour": "red"}, "colour", "plan.unknown_key"),
        ({"rest": {"persons": 3}}, "rest.persons", "plan.unknown_key"),
        ({"rest": {"person": -1}}, "rest.person", "number.out_of_range"),
        ({"where": {"shoe": ["44"]}}, "where", "dimension.unknown"),
        ({"where": {"campaign": ["x"]}}, "where.campaign", "where.not_in_frame"),
        ({"sample": {"rate": 0}}, "sample.rate", "sample.rate"),
        ({"sample": {"size": 100}}, "sample.size", "sample.size_needs_a_base"),
        ({"sample": {"rate": 0.5, "rates": {"b2b": 1}}}, "sample.by", "sample.needs_strata"),
        ({"channels": ["email", "email"]}, "channels", "channels.twice"),
        ({"channels": ["qr"]}, "channels", "channels.nobody_is_reached"),
        ({"channels": ["pigeon"]}, "channels", "plan.unreadable"),
        ({"hours": {"first": 20, "last": 9}}, "hours.last", "number.out_of_range"),
        ({"hours": {"weekdays": [0]}}, "hours.weekdays", "hours.weekdays"),
        ({"quotas": [{"name": "a", "limit": 0}]}, "quotas[0].limit", "quota.limit"),
        ({"every": "week"}, "every", "every.for_periodic_pulses"),
        ({"wave": "year"}, "wave", "plan.unreadable"),
    ],
)
def test_a_plan_that_can_not_run_is_refused_with_its_place(change: dict, place: str, code: str):
    with pytest.raises(BadPlan) as refused:
        plan_from_data({**DELIVERY, **change})
    assert (place, code) in [(finding.place, finding.code) for finding in refused.value.findings]


def test_a_periodic_pulse_can_not_be_filtered_by_what_only_events_have():
    with pytest.raises(BadPlan) as refused:
        plan_from_data({"kind": "periodic", "every": "month", "where": {"touchpoint": ["till"]}})
    assert refused.value.findings[0].code == "where.needs_an_event"


def test_weekly_waves_can_not_hold_monthly_draws():
    with pytest.raises(BadPlan) as refused:
        plan_from_data({"kind": "periodic", "every": "month", "wave": "week"})
    assert refused.value.findings[0].place == "wave"


def test_a_quota_is_never_a_pay_base():
    plan = plan_from_data({**DELIVERY, "quotas": [{"name": "fifty", "limit": 50}]})
    assert not plan.pay_base
    assert [f.code for f in plan_findings(plan)] == ["quota.no_pay_base"]


def test_reminders_after_the_end_are_told():
    plan = plan_from_data({**DELIVERY, "expires_days": 5, "reminders": {"after_days": 5, "most": 1}})
    found = plan_findings(plan)
    assert [(f.code, f.stops) for f in found] == [("reminders.after_expiry", False)]
    assert {f.code for f in found} <= set(FINDINGS)


def test_something_that_is_no_object_is_no_plan():
    with pytest.raises(BadPlan) as refused:
        plan_from_data([1])
    assert refused.value.place == "plan"
