"""The planner says what the draw would do, and what follows from the number of answers."""

from math import ceil, sqrt

import pytest
from tests.web.pulse.fielding.company import DAY, NOON, facts, orders

from viaggio.pulse.fielding import Consent, Event, Plan, PulseKind, Rest, Sample, Trigger
from viaggio.web.pulse.services.planner import Wish, planned

pytestmark = pytest.mark.django_db

DELIVERED = Plan(kind=PulseKind.EVENT, trigger=Trigger(event=Event.DELIVERY, delay_hours=24))
Z = 1.959963984540054  # 97.5 % of the normal distribution


def test_it_counts_who_could_be_asked_and_who_would_be(shop):
    ahead = planned(DELIVERED, facts(shop), Wish(rate=0.2), pulse=None, now=NOON)
    assert (ahead.units, ahead.asked, ahead.counts["no_consent"]) == (30, 25, 5)
    assert ahead.answers == pytest.approx(5)
    assert ahead.wave_answers == pytest.approx(5 * 365.25 / 12 / 28)


def test_margins_are_those_of_the_normal_formula(shop):
    ahead = planned(DELIVERED, facts(shop), Wish(rate=0.8, margin=10), pulse=None, now=NOON)
    n = 20 * 365.25 / 12 / 28
    assert ahead.spread_from == "widest"
    assert ahead.nps_margin == pytest.approx(Z * 100 / sqrt(n))
    assert ahead.share_margin == pytest.approx(Z * 0.5 / sqrt(n))
    assert ahead.needed == ceil((Z * 100 / 10) ** 2)
    assert ahead.days_needed == pytest.approx(385 / 20 * 28)


def test_rest_within_the_span_is_counted(shop):
    orders(shop, {f"P{n}": (n, NOON - 5 * DAY) for n in range(6, 16)})
    ahead = planned(DELIVERED, facts(shop), Wish(), pulse=None, now=NOON)
    assert (ahead.units, ahead.asked, ahead.counts["resting"]) == (40, 25, 10)
    assert ahead.rate_from == "usual"


def test_who_was_never_asked_for_consent_counts_where_no_is_what_stops(shop):
    plan = Plan(kind=PulseKind.EVENT, trigger=DELIVERED.trigger, consent=Consent.NOT_REFUSED)
    assert planned(plan, facts(shop), Wish(), pulse=None, now=NOON).asked == 25


def test_a_weekly_draw_from_the_base_asks_four_times_and_never_the_same_within_the_rest(shop):
    plan = Plan(kind=PulseKind.PERIODIC, every="week", sample=Sample(rate=1.0), rest=Rest(person=30))
    ahead = planned(plan, facts(shop), Wish(), pulse=None, now=NOON)
    assert (ahead.units, ahead.asked) == (30, 25)


def test_a_pulse_that_has_asked_says_its_own_response_rate(pulse, shop):
    from viaggio.web.pulse.models import Invitation

    Invitation.objects.update(expires_at=NOON)
    few = planned(DELIVERED, facts(shop), Wish(), pulse=pulse, now=NOON + DAY)
    assert few.rate_from == "usual"  # 25 say too little
