"""What is due is done: draws, messages, reminders, ends; by one process at a time."""

import os
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.web.pulse.fielding.company import DAY, NOON, answered, facts, questionnaire, running, stored

from viaggio.kernel import ViaggioError
from viaggio.pulse.fielding import plan_from_data
from viaggio.web.pulse.models import Invitation, LastAsked, Pulse, QuestionnaireVersion, Quota, Wave
from viaggio.web.pulse.services import programmes, ticker
from viaggio.web.pulse.services.ledger import in_facts, ledger
from viaggio.web.pulse.services.ledger_files import fielding_lock
from viaggio.web.pulse.services.schedule import Pace, tick
from viaggio.web.pulse.services.sending import asked_meanwhile
from viaggio.web.shared.models.outgoing import Outgoing

pytestmark = pytest.mark.django_db


def about(n: int) -> Invitation:
    return Invitation.objects.select_related("pulse", "wave").get(about=f"shop:O{n}")


def sent(at) -> None:
    """The post says that everything queued has gone out."""
    keys = Outgoing.objects.filter(state="waiting").values_list("key", flat=True)
    names = {key.split(":")[1] for key in keys}
    Invitation.objects.filter(pk__in=names, sent_at=None).update(sent_at=at)
    Outgoing.objects.filter(state="waiting").update(state="sent", sent_at=at)


def test_the_records_lie_where_this_run_says():
    wanted = "postgresql" if os.environ.get("VIAGGIO_DATABASE") else "sqlite"
    assert connection.vendor == wanted


def test_a_tick_draws_queues_and_settles(shop, manager):
    running(manager)
    done = tick(NOON)
    assert (done.drawn, done.queued, done.failed) == (1, 12, 0)
    assert Outgoing.objects.count() == 12
    assert len(stored(shop, "coverage")) == 12


def test_a_message_is_queued_once_however_often_it_ticks(shop, manager):
    running(manager)
    for minutes in range(0, 120, 20):
        tick(NOON + timedelta(minutes=minutes))
        facts(shop)
    assert Outgoing.objects.count() == 12


def test_at_night_nothing_goes_out(shop, manager):
    running(manager, hours={"first": 9, "last": 20, "weekdays": [1, 2, 3, 4, 5]})
    night = NOON.replace(hour=1)
    assert tick(night).queued == 0
    facts(shop)
    assert {made.due_at.hour for made in Invitation.objects.all()} == {8}  # nine o'clock in Rome
    assert tick(NOON).queued == 12


def test_reminders_go_to_the_silent_and_stop(shop, manager):
    running(manager, reminders={"after_days": 5, "most": 2}, expires_days=21)
    tick(NOON)
    sent(NOON)
    facts(shop)
    for n in (1, 2):
        answered(
            about(n),
            {"recommend": 9},
            at=NOON,
        )
    Invitation.objects.filter(about="shop:O3").update(outcome="refused")
    assert tick(NOON + 4 * DAY).reminded == 0
    assert tick(NOON + 5 * DAY).reminded == 9
    sent(NOON + 5 * DAY)
    assert tick(NOON + 6 * DAY).reminded == 0
    assert tick(NOON + 10 * DAY).reminded == 9
    sent(NOON + 10 * DAY)
    assert tick(NOON + 15 * DAY).reminded == 0
    assert Outgoing.objects.count() == 12 + 18


def test_who_has_answered_everything_is_thanked_once(shop, manager):
    running(manager, thanks=True, hours={"first": 9, "last": 20, "weekdays": [1, 2, 3, 4, 5, 6, 7]})
    tick(NOON)
    sent(NOON)
    facts(shop)
    for n in (1, 2, 3, 4):
        answered(about(n), {"recommend": 9}, at=NOON, complete=n != 3)
    Invitation.objects.filter(outcome="complete").update(ended_at=NOON)
    Invitation.objects.filter(about="shop:O4").update(ended_at=NOON - 9 * DAY)  # it would come too late
    assert tick(NOON.replace(hour=23)).thanked == 0
    assert tick(NOON + DAY).thanked == 2
    assert tick(NOON + DAY + timedelta(hours=1)).thanked == 0
    thanks = Outgoing.objects.filter(key__endswith=":thanks").order_by("to")
    assert [row.to for row in thanks] == ["c1@example.it", "c2@example.it"]
    assert {row.payload["subject"] for row in thanks} == {"Grazie da Officina Blu"}


def test_nobody_is_thanked_by_a_message_unless_the_plan_says_so(shop, manager):
    running(manager)
    tick(NOON)
    sent(NOON)
    facts(shop)
    answered(about(1), {"recommend": 9}, at=NOON)
    Invitation.objects.filter(outcome="complete").update(ended_at=NOON)
    assert tick(NOON + DAY).thanked == 0


def test_where_reminders_count_they_start_the_clock_and_wait_for_others(shop, manager):
    rest = {"person": 7, "person_type": 0, "reminders_count": True}
    first = running(manager, rest=rest, reminders={"after_days": 5, "most": 1})
    tick(NOON)
    sent(NOON)
    facts(shop)
    invitation = about(1)
    plan = plan_from_data(first.plan)
    assert asked_meanwhile(invitation, first, plan, NOON + 5 * DAY) == ""
    other = Invitation.objects.get(about="shop:O2")
    Invitation.objects.filter(pk=other.pk).update(customer=invitation.customer, due_at=NOON + 3 * DAY)
    assert asked_meanwhile(invitation, first, plan, NOON + 5 * DAY) == "person"
    assert tick(NOON + 5 * DAY).reminded == 10  # each of the two waits for the other
    clock = LastAsked.objects.get(who="person", key=Invitation.objects.get(about="shop:O4").customer)
    assert clock.at == NOON + 5 * DAY


def test_the_silent_expire_and_the_ledger_still_adds_up(shop, manager):
    running(manager, expires_days=10)
    tick(NOON)
    sent(NOON)
    facts(shop)
    answered(about(1), {"recommend": 9}, at=NOON)
    Invitation.objects.filter(about="shop:O2").update(outcome="opened")
    assert tick(NOON + 11 * DAY).expired == 11
    wave = Wave.objects.get(code="2026-11")
    found = ledger(wave)
    assert {k.value: n for k, n in found.coverage.counts.items() if n} == {
        "complete": 1,
        "opened": 1,
        "expired": 10,
    }
    assert found.rates.rr1 == pytest.approx(1 / 12)
    assert in_facts(facts(shop), wave) == (found.reasons | {"complete": {"": 1}}, 12)


def test_a_wave_closes_when_nobody_can_answer_any_more(shop, manager):
    running(manager, expires_days=10)
    tick(NOON)
    facts(shop)
    wave = Wave.objects.get(code="2026-11")
    assert tick(wave.ends_at + 20 * DAY).closed == 0
    tick(wave.ends_at + 31 * DAY)
    wave.refresh_from_db()
    assert wave.closed_at == wave.ends_at + 31 * DAY
    assert wave.counts["units"] == 12


def test_only_one_process_ticks(shop, manager):
    running(manager)
    with fielding_lock(shop, wait=True):
        assert tick(NOON).busy
    assert not tick(NOON).busy


def test_one_broken_pulse_does_not_hold_up_the_others(shop, manager, caplog):
    broken = running(manager)
    running(manager, survey_type="other", rest={"person": 0, "person_type": 0})
    Pulse.objects.filter(pk=broken.pk).update(plan={"kind": "nonsense"})
    done = tick(NOON)
    assert (done.drawn, done.queued) == (1, 12)
    assert done.failed >= 1
    assert broken.slug in caplog.text


def test_settling_keeps_its_distance(shop, manager):
    running(manager)
    tick(NOON)
    facts(shop)
    pace = Pace()
    answered(about(1), {"recommend": 9}, at=NOON)
    assert tick(NOON + timedelta(minutes=1), pace=pace).settled == 2
    answered(about(2), {"recommend": 9}, at=NOON)
    assert tick(NOON + timedelta(minutes=2), pace=pace).settled == 0
    assert tick(NOON + timedelta(minutes=17), pace=pace).settled == 2


def test_an_open_link_has_a_wave_to_answer_in(shop, manager):
    running(manager, kind="open", trigger=None)
    tick(NOON)
    assert Wave.objects.get().code == "2026-11"


def test_the_ticker_ticks_until_it_is_stopped_and_survives_a_failure(monkeypatch):
    ticked, enough = [], threading.Event()

    def failing(now, *, pace):
        ticked.append(now)
        if len(ticked) == 3:
            enough.set()
        raise ValueError

    monkeypatch.setattr(ticker, "tick", failing)
    clock = ticker.Ticker(every=0.001)
    clock.start()
    assert enough.wait(30)
    clock.stop()
    assert not clock.is_alive()


# --- programmes ------------------------------------------------------------------------------------


def test_a_published_version_never_changes(manager):
    made = questionnaire(manager)
    version = made.versions.get()
    for change in ({"definition": {}}, {"digest": "x"}, {"published_at": None}, {"number": 9}):
        with pytest.raises(DatabaseError), transaction.atomic():
            QuestionnaireVersion.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM pulse_questionnaireversion WHERE id = %s", [version.pk])
    QuestionnaireVersion.objects.filter(pk=version.pk).update(published_by=manager)
    manager.delete()
    version.refresh_from_db()
    assert version.published_by is None


def test_a_draft_may_change_until_a_pulse_publishes_it(manager):
    made = questionnaire(manager, published=False)
    made.versions.update(edited_at=NOON)
    pulse = programmes.create(
        {"it": "Prova"}, made, plan_from_data({"kind": "event", "trigger": {"event": "delivery"}}),
        by=manager, now=NOON,
    )  # fmt: skip
    published = programmes.publish(pulse, by=manager, now=NOON)
    assert published.version.published_at == NOON
    assert published.asks_from == NOON


def test_a_plan_that_can_not_run_is_not_published(manager):
    pulse = running(manager)
    Pulse.objects.filter(pk=pulse.pk).update(state="paused", plan={"kind": "event"})
    with pytest.raises(ViaggioError):
        programmes.publish(pulse, by=manager, now=NOON)


def test_after_a_pause_what_happened_meanwhile_is_not_asked_about(shop, manager):
    pulse = running(manager)
    programmes.pause(pulse, by=manager)
    assert tick(NOON).drawn == 0
    programmes.publish(pulse, by=manager, now=NOON)
    assert tick(NOON + timedelta(hours=1)).drawn == 0


def test_an_ended_pulse_withdraws_what_was_not_sent(shop, manager):
    pulse = running(manager)
    tick(NOON)
    facts(shop)
    Invitation.objects.filter(about="shop:O1").update(sent_at=NOON)
    programmes.end(pulse, by=manager)
    wave = Wave.objects.get(code="2026-11")
    found = ledger(wave)
    assert found.reasons == {"invited": {"": 1}, "not_sampled": {"pulse_ended": 11}}
    tick(NOON + DAY)
    assert in_facts(facts(shop), wave) == (found.reasons, 12)
    with pytest.raises(programmes.NotThatState):
        programmes.publish(pulse, by=manager, now=NOON)


def test_what_was_promised_does_not_change_after_a_draw(shop, manager):
    pulse = running(manager)
    tick(NOON)
    with pytest.raises(programmes.AlreadyDrawn):
        programmes.change(pulse, by=manager, anonymous=True)
    with pytest.raises(programmes.AlreadyDrawn):
        programmes.change(pulse, by=manager, plan=plan_from_data({"kind": "periodic", "every": "week"}))


def test_quotas_of_the_plan_are_kept_as_records(manager):
    pulse = running(manager, quotas=[{"name": "fifty", "limit": 50}])
    assert Quota.objects.get().limit == 50
    plan = plan_from_data({**pulse.plan, "quotas": [{"name": "ten", "limit": 10}]})
    programmes.change(pulse, by=manager, plan=plan)
    assert [(quota.name, quota.limit) for quota in Quota.objects.all()] == [("ten", 10)]


def test_nobody_more_is_asked_when_the_quota_is_full(shop, manager):
    pulse = running(manager, quotas=[{"name": "one", "limit": 1}])
    Quota.objects.update(taken=1)
    tick(NOON)
    assert ledger(Wave.objects.get(code="2026-11")).reasons == {"not_sampled": {"quota_full": 12}}
    assert not plan_from_data(pulse.plan).pay_base
