from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pulse.fielding.frames import frame

from viaggio.kernel import utc_micros
from viaggio.pulse.fielding import (
    SPARK_SQL,
    SQL,
    Clocks,
    Consent,
    Drawn,
    Event,
    Frame,
    Hours,
    Plan,
    PulseKind,
    Reason,
    Rest,
    Sample,
    Trigger,
    allowed_at,
    allowed_from,
    chances,
    draw,
)
from viaggio.pulse.model import AskedBy, Outcome

ROME = ZoneInfo("Europe/Rome")
DAY = 86_400_000_000
NOON = utc_micros(datetime(2026, 11, 2, 11, tzinfo=UTC))  # a Monday, 12 o'clock in Rome
ALWAYS = Hours(first=0, last=24, weekdays=(1, 2, 3, 4, 5, 6, 7))


def plan(**changes: object) -> Plan:
    usual: dict = {
        "kind": PulseKind.EVENT, "trigger": Trigger(event=Event.DELIVERY), "hours": ALWAYS,
        "channels": (AskedBy.EMAIL, AskedBy.SMS), "rest": Rest(person=0, person_type=0),
    }  # fmt: skip
    return Plan(**{**usual, **changes})


def decide(of: Frame, how: Plan, clocks: Clocks | None = None) -> Drawn:
    return draw(of, how, "seed", clocks or Clocks(), now=NOON, zone=ROME)


def test_duckdb_draws_the_same_number_for_each_customer():
    customers = np.array([0, 1, -1, 42, -(2**63), 2**63 - 1, *range(1000, 3000)], np.int64)
    rows = duckdb.connect().execute(
        f"select {SQL} from (select unnest($customers::bigint[]) as customer)",
        {"seed": "a:2026-11", "customers": customers.tolist()},
    )
    assert [u for (u,) in rows.fetchall()] == chances("a:2026-11", customers).tolist()


def test_the_number_of_a_customer_is_this_one_for_ever():
    # printf 'seed:42' | sha256sum begins with f6ef7999c7631
    assert chances("seed", np.array([42], np.int64))[0] == 0xF6EF7999C7631 / 2**52
    assert "sha2" in SPARK_SQL


def test_numbers_are_even():
    found = chances("seed", np.arange(20_000))
    counts = np.histogram(found, 20, (0, 1))[0]
    assert ((counts - 1000) ** 2 / 1000).sum() < 43.8  # chi-squared, 19 degrees, 1 in 1000


def test_everybody_ends_once_and_the_reason_says_why():
    rows = [
        {"email": "a@x.it"},
        {"email": "b@x.it", "customer": 2, "consent": 0},
        {"email": "c@x.it", "customer": 3, "consent": -1},
        {"customer": 4},
        {"email": "gone@x.it", "customer": 5},
        {"email": "stop@x.it", "customer": 6},
        {"phone": "+39055", "customer": 7},
        {"email": "x@x.it", "customer": 0},
        {"email": "stop@x.it", "phone": "+39056", "customer": 8},
    ]
    stopped = {"gone@x.it": Outcome.BOUNCED, "stop@x.it": Outcome.REFUSED}
    done = decide(frame(rows, stopped), plan())
    assert list(zip(done.outcome, done.reason, strict=True)) == [
        (Outcome.INVITED, Reason.NONE),
        (Outcome.NO_CONSENT, Reason.REFUSED),
        (Outcome.NO_CONSENT, Reason.NEVER_ASKED),
        (Outcome.NO_ADDRESS, Reason.NO_ADDRESS),
        (Outcome.NO_ADDRESS, Reason.ADDRESS_FAILED),
        (Outcome.NO_CONSENT, Reason.UNSUBSCRIBED),
        (Outcome.INVITED, Reason.NONE),
        (Outcome.NO_ADDRESS, Reason.NO_CUSTOMER),
        (Outcome.INVITED, Reason.NONE),
    ]
    assert done.asked_by.tolist() == ["email", "", "", "", "", "", "sms", "", "sms"]
    assert done.address[6] == "+39055"
    assert np.isnan(done.probability[1])


def test_who_never_said_no_is_asked_where_the_plan_says_so():
    done = decide(frame([{"email": "a@x.it", "consent": -1}]), plan(consent=Consent.NOT_REFUSED))
    assert done.outcome.tolist() == [Outcome.INVITED]


def test_a_rate_draws_about_that_share_and_says_the_probability():
    rows = [
        {"email": "a@x.it", "customer": n + 1, "segment": "b2b" if n % 4 == 0 else "b2c"} for n in range(4000)
    ]
    how = plan(sample=Sample(rate=0.1, by="segment", rates={"b2b": 0.5}))
    done = decide(frame(rows), how)
    asked = done.outcome == Outcome.INVITED
    business = done.stratum == "b2b"
    assert set(done.probability[business]) == {0.5}
    assert set(done.probability[~business]) == {0.1}
    assert abs(asked[business].sum() - 500) < 4 * np.sqrt(250)
    assert abs(asked[~business].sum() - 300) < 4 * np.sqrt(270)


def test_a_size_draws_exactly_so_many_customers_of_each_stratum():
    rows = [
        {"email": "a@x.it", "customer": n + 1, "region": "Lazio" if n < 30 else "Toscana"} for n in range(100)
    ]
    how = Plan(
        kind=PulseKind.PERIODIC, every="month", hours=ALWAYS, rest=Rest(person=0, person_type=0),
        sample=Sample(rate=None, size=10, by="region", sizes={"Lazio": 50}),
    )  # fmt: skip
    done = decide(frame(rows), how)
    asked = done.outcome == Outcome.INVITED
    assert asked[:30].all()
    assert asked[30:].sum() == 10
    assert set(done.probability[30:]) == {10 / 70}
    assert set(done.probability[:30]) == {1.0}


rows = st.lists(
    st.fixed_dictionaries({
        "customer": st.integers(1, 6), "account": st.integers(0, 3),
        "eligible_at": st.integers(0, 40).map(lambda d: NOON - 20 * DAY + d * DAY // 2),
        "email": st.sampled_from(["", "a@x.it"]), "phone": st.sampled_from(["", "+39"]),
        "consent": st.sampled_from([-1, 0, 1, 1, 1]), "segment": st.sampled_from(["b2b", "b2c"]),
    }), max_size=40)  # fmt: skip
rests = st.builds(
    Rest, person=st.integers(0, 20), person_type=st.integers(0, 30), account=st.integers(0, 20),
    account_type=st.integers(0, 30),
)  # fmt: skip
samples = st.one_of(
    st.builds(Sample, rate=st.floats(0.1, 1)),
    st.builds(Sample, rate=st.none(), size=st.integers(1, 4), by=st.sampled_from(["", "segment"])),
)


@given(rows, rests, samples, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_plays_no_part(found: list, rest: Rest, sample: Sample, chance):
    named = [{**row, "about": f"i{n}"} for n, row in enumerate(found)]
    shuffled = list(named)
    chance.shuffle(shuffled)
    how = plan(rest=rest, sample=sample)

    def ended(order: list) -> dict[str, tuple]:
        done = decide(frame(order), how)
        return {
            str(row["about"]): (done.outcome[n], done.reason[n], int(done.due_at[n]), done.asked_by[n])
            for n, row in enumerate(order)
        }

    assert ended(named) == ended(shuffled)


def violated(asked: list[tuple[int, int, int]], days: int, key: int) -> bool:
    """Slow and plain: two requests to one key (1 person, 2 account) closer than so many days."""
    return any(
        one is not other and one[key] and one[key] == other[key] and abs(one[0] - other[0]) < days * DAY
        for one in asked
        for other in asked
    )


@given(rows, rests, samples)
def test_no_rest_rule_is_ever_broken_within_a_draw(found: list, rest: Rest, sample: Sample):
    of = frame(found)
    done = decide(of, plan(rest=rest, sample=sample))
    asked = [(int(done.due_at[n]), int(of.customer[n]), int(of.account[n])) for n in done.invited]
    assert not violated(asked, max(rest.person, rest.person_type), 1)
    assert not violated(asked, max(rest.account, rest.account_type), 2)
    assert len(done.outcome) == len(found)
    assert set(done.outcome.tolist()) <= set(Outcome)


@given(rows, rests, samples)
def test_nobody_rests_without_cause(found: list, rest: Rest, sample: Sample):
    of = frame(found)
    done = decide(of, plan(rest=rest, sample=sample))
    asked = [(int(done.due_at[n]), int(of.customer[n]), int(of.account[n])) for n in done.invited]
    days = {
        Reason.PERSON: (rest.person, 1), Reason.PERSON_TYPE: (rest.person_type, 1),
        Reason.ACCOUNT: (rest.account, 2), Reason.ACCOUNT_TYPE: (rest.account_type, 2),
    }  # fmt: skip
    for n in np.flatnonzero(done.outcome == Outcome.RESTING):
        length, key = days[done.reason[n]]
        me = (max(int(of.eligible_at[n]), NOON), int(of.customer[n]), int(of.account[n]))
        assert any(other[key] == me[key] and 0 <= me[0] - other[0] < length * DAY for other in asked)


@pytest.mark.parametrize(
    ("clocks", "reason"),
    [
        (Clocks(person={7: NOON - 29 * DAY}), Reason.PERSON),
        (Clocks(person={7: NOON - 30 * DAY}), Reason.NONE),
        (Clocks(person={7: NOON + DAY}), Reason.PERSON),
        (Clocks(person_type={7: NOON - 89 * DAY}), Reason.PERSON_TYPE),
        (Clocks(account={9: NOON - 6 * DAY}), Reason.ACCOUNT),
        (Clocks(account={9: NOON - 7 * DAY}), Reason.NONE),
        (Clocks(account_type={9: NOON - 13 * DAY}), Reason.ACCOUNT_TYPE),
    ],
)
def test_each_clock_has_its_own_days(clocks: Clocks, reason: Reason):
    how = plan(rest=Rest(person=30, person_type=90, account=7, account_type=14))
    of = frame([{"customer": 7, "account": 9, "email": "a@x.it", "eligible_at": NOON}])
    done = decide(of, how, clocks)
    assert done.reason.tolist() == [reason]


moments = st.integers(0, 730 * 24 * 60).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m))
windows = st.builds(
    lambda first, hours, days: Hours(first=first, last=min(first + hours, 24), weekdays=tuple(days)),
    st.integers(0, 23), st.integers(1, 24), st.sets(st.integers(1, 7), min_size=1),
)  # fmt: skip


@given(moments, windows)
def test_a_due_moment_is_the_first_allowed_one(moment: datetime, hours: Hours):
    moved = int(allowed_from(np.array([utc_micros(moment)]), hours, ROME)[0])
    found = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moved)
    assert found >= moment
    if allowed_at(moment, hours, ROME):
        assert found == moment
        return
    # slow and plain: quarter by quarter until one is allowed
    step = moment.replace(minute=moment.minute - moment.minute % 15, second=0, microsecond=0)
    while step < moment or not allowed_at(step, hours, ROME):
        step += timedelta(minutes=15)
    assert found == step


def test_the_same_frame_is_decided_alike_twice():
    chance = np.random.default_rng(5)
    rows = 20_000
    drawn = zip(chance.integers(1, 5000, rows), chance.integers(0, 30 * DAY, rows), strict=True)
    of = frame([{"email": "a@x.it", "customer": int(c), "eligible_at": NOON - int(t)} for c, t in drawn])
    first, second = (decide(of, plan(rest=Rest(person=5, person_type=0))) for _ in range(2))
    assert (first.outcome == second.outcome).all()
    assert (first.due_at == second.due_at).all()
