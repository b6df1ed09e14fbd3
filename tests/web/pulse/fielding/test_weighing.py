"""Waves are weighted by themselves, once a day, and for good when they are closed."""

from datetime import timedelta

import pytest
from tests.web.pulse.fielding.company import DAY, NOON, answered, facts, running

from viaggio.web.pulse.models import Invitation, Wave
from viaggio.web.pulse.services.schedule import tick

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(shop, manager):
    """Half of those asked have answered, and the facts know it."""
    running(manager)
    tick(NOON)
    for number, invitation in enumerate(Invitation.objects.order_by("id")):
        if number % 2:
            answered(invitation, {"recommend": 9}, at=NOON + timedelta(hours=2))
    tick(NOON + timedelta(hours=3))
    facts(shop)
    return shop


def test_a_wave_with_answers_is_weighted_up_to_everybody_who_could_be_asked(heard):
    done = tick(NOON + timedelta(hours=4))
    assert (done.weighed, done.failed) == (1, 0)
    found = facts(heard)
    rows = found.run(found.tables().weights).to_pylist()
    assert len(rows) == 6
    assert sum(row["weight"] for row in rows) == pytest.approx(12)
    assert {row["scheme"] for row in rows} == {"calibrated"}


def test_it_is_weighted_once_a_day_while_answers_come(heard):
    counts = []
    for hours in (4, 8, 12, 30):
        counts.append(tick(NOON + timedelta(hours=hours)).weighed)
        facts(heard)
    assert counts == [1, 0, 0, 1]


def test_a_closed_wave_is_weighted_for_good(heard):
    later = NOON + 90 * DAY
    assert tick(later).closed == 1
    facts(heard)
    while tick(later).settled:
        facts(heard)
    facts(heard)
    tick(later + timedelta(hours=1))
    assert Wave.objects.exclude(closed_at=None).get().counts["weighed"] == "final"
    facts(heard)
    assert tick(later + 2 * DAY).weighed == 0
