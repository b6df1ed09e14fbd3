"""A draw on real facts and records: each unit decided once, whatever happens in between."""

from collections import Counter
from datetime import timedelta

import pytest
from tests.web.pulse.fielding.company import DAY, NOON, bring, facts, orders, running, stored

from viaggio.kernel import utc_micros
from viaggio.pulse.model import Outcome
from viaggio.store.doctor import doctor
from viaggio.store.fold import erase
from viaggio.store.landing import items
from viaggio.web.pulse.models import Drawing, Invitation, LastAsked, Wave
from viaggio.web.pulse.services import drawing
from viaggio.web.pulse.services.drawing import draw_now
from viaggio.web.pulse.services.ledger import in_facts, ledger
from viaggio.web.pulse.services.ledger_files import fielding_lock
from viaggio.web.pulse.services.programmes import pause
from viaggio.web.shared.models.outgoing import Suppression
from viaggio.web.shared.post.suppression import digest_of

pytestmark = pytest.mark.django_db


def draw(pulse, ws, now=NOON):
    with fielding_lock(ws, wait=True):
        return draw_now(pulse, ws, now=now)


def test_everybody_eligible_is_in_the_ledger_once(shop, manager):
    pulse = running(manager)
    made = draw(pulse, shop)
    assert made.item is not None
    rows = stored(shop, "coverage")
    assert sorted(row["about"] for row in rows) == sorted(f"shop:O{n}" for n in range(1, 13))
    assert {row["unit"] for row in rows} == {"order"}
    assert Counter(row["outcome"] for row in rows) == {"invited": 12}
    wave = Wave.objects.get(code="2026-11")
    assert ledger(wave).coverage.units == 12
    assert in_facts(facts(shop), wave) == ({"invited": {"": 12}}, 12)
    assert doctor(shop) == []


def test_an_invitation_knows_whom_about_what_and_when(shop, manager):
    pulse = running(manager, channels=["email"], expires_days=10)
    draw(pulse, shop)
    made = Invitation.objects.get(about="shop:O3")
    assert made.customer_number == "C3"
    assert made.account_name == "A"
    assert made.address == "c3@example.it"
    assert made.language == "it"
    assert made.eligible_at == NOON - 2 * DAY
    assert made.due_at == NOON
    assert made.expires_at == NOON + 10 * DAY
    assert made.shown == {"order": "O3", "date": "1/11/2026"}
    assert made.probability == 1
    assert (made.change, made.settled) == (1, 1)


def test_a_second_look_asks_only_about_what_is_new_and_what_came_late(shop, manager):
    pulse = running(manager, rest={"person": 0, "person_type": 0})
    draw(pulse, shop)
    facts(shop)
    # landed late: delivered before what was drawn already
    orders(shop, {"LATE": (1, NOON - 9 * DAY), "NEW": (2, NOON - 1 * DAY)})
    pulse.refresh_from_db()
    draw(pulse, shop, NOON + timedelta(hours=1))
    facts(shop)
    assert Invitation.objects.count() == 14
    assert Invitation.objects.get(about="shop:LATE").wave.code == "2026-10"
    assert Invitation.objects.get(about="shop:NEW").wave.code == "2026-11"
    pulse.refresh_from_db()
    assert draw(pulse, shop, NOON + timedelta(hours=2)) is None
    assert Invitation.objects.count() == 14


def test_nothing_is_drawn_while_the_facts_do_not_know_the_draw_before(shop, manager):
    pulse = running(manager)
    draw(pulse, shop)
    pulse.refresh_from_db()
    assert draw(pulse, shop, NOON + timedelta(hours=1)) is None
    assert Drawing.objects.count() == 1


def test_what_became_eligible_before_the_pulse_ran_is_not_asked_about(shop, manager):
    pulse = running(manager, at=NOON - 1 * DAY)
    assert draw(pulse, shop) is None
    assert not Invitation.objects.exists()


def test_what_is_older_than_the_look_back_is_not_asked_about(shop, manager):
    orders(shop, {"OLD": (1, NOON - 20 * DAY)})
    pulse = running(manager, trigger={"event": "delivery", "delay_hours": 24, "look_back_days": 14})
    draw(pulse, shop)
    assert not Invitation.objects.filter(about="shop:OLD").exists()


def test_rest_holds_over_pulses_and_channels(shop, manager):
    first = running(manager, survey_type="transaction", rest={"person": 30, "person_type": 90})
    second = running(manager, survey_type="relationship", rest={"person": 30, "person_type": 90})
    free = running(manager, survey_type="relationship", rest={"person": 0, "person_type": 90})
    draw(first, shop)
    facts(shop)
    draw(second, shop, NOON + timedelta(hours=1))
    facts(shop)
    outcomes = Counter(row["outcome"] for row in stored(shop, "coverage") if row["pulse"] == second.slug)
    assert outcomes == {"resting": 12}
    draw(free, shop, NOON + timedelta(hours=2))  # its own type of survey has a clock of its own
    assert Invitation.objects.filter(pulse=free).count() == 12


def test_one_contact_of_an_account_is_asked_the_others_rest(shop, manager):
    pulse = running(manager, rest={"person": 0, "person_type": 0, "account": 7})
    draw(pulse, shop)
    asked = Invitation.objects.filter(account__isnull=False)
    assert asked.count() == 1
    resting = [row for row in stored(shop, "coverage") if row["outcome"] == "resting"]
    assert {row["reason"] for row in resting} == {"account"}
    assert len(resting) == 3
    assert LastAsked.objects.filter(who="account").count() == 1


def test_consent_refusal_and_stopped_addresses_end_with_their_reason(shop, manager):
    bring(shop, "consents", [{"id": "no1", "customer_number": "C1", "purpose": "survey", "granted": False,
                              "stated_at": utc_micros(NOON - 2 * DAY)}])  # fmt: skip
    Suppression.objects.create(digest=digest_of("c2@example.it"), kind="unsubscribed", at=NOON)
    Suppression.objects.create(digest=digest_of("c3@example.it"), kind="bounced", at=NOON)
    pulse = running(manager)
    draw(pulse, shop)
    found = {row["about"]: (row["outcome"], row["reason"]) for row in stored(shop, "coverage")}
    assert found["shop:O1"] == ("no_consent", "refused")
    assert found["shop:O2"] == ("no_consent", "unsubscribed")
    assert found["shop:O3"] == ("no_address", "address_failed")
    assert found["shop:O4"] == ("invited", None)
    assert ledger(Wave.objects.get(code="2026-11")).coverage.counts[Outcome.NO_CONSENT] == 2


def test_a_periodic_pulse_draws_its_share_once_a_week(shop, manager):
    pulse = running(manager, kind="periodic", trigger=None, every="week", sample={"size": 5})
    made = draw(pulse, shop)
    assert made.code == "2026-W45"
    assert Invitation.objects.count() == 5
    facts(shop)
    assert draw(pulse, shop, NOON + DAY) is None
    assert draw(pulse, shop, NOON + 7 * DAY).code == "2026-W46"
    rows = stored(shop, "coverage")
    assert len(rows) == 24
    assert {row["unit"] for row in rows} == {"customer"}
    assert {row["probability"] for row in rows} == {5 / 12}
    assert ledger(Wave.objects.get(code="2026-11")).coverage.units == 24


def test_killed_after_the_records_know_it_the_same_decisions_land(shop, manager, monkeypatch):
    pulse = running(manager, sample={"rate": 0.5})

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(drawing, "land_files", killed)
        with pytest.raises(KeyboardInterrupt):
            draw(pulse, shop)
    asked = set(Invitation.objects.values_list("about", flat=True))
    before = len(items(shop))
    assert (
        draw(pulse, shop, NOON + timedelta(hours=5)) is None
    )  # lands what was decided, and waits for the facts
    assert len(items(shop)) == before + 1
    rows = stored(shop, "coverage")
    assert {row["about"] for row in rows if row["outcome"] == "invited"} == asked
    assert len(rows) == 12
    assert ledger(Wave.objects.get(code="2026-11")).coverage.units == 12


@pytest.mark.parametrize("erased", [False, True])
def test_killed_after_landing_the_second_run_finds_the_item(shop, manager, monkeypatch, erased):
    pulse = running(manager)
    real = drawing.land_files

    def landed_then_killed(*args: object, **kwargs: object) -> None:
        real(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(drawing, "land_files", landed_then_killed)
        with pytest.raises(KeyboardInterrupt):
            draw(pulse, shop)
    before = len(items(shop))
    for file in (shop.root / "fielding").glob("draw-*"):
        file.unlink()  # as if the machine had also lost what the records had not noted yet
    left = 12
    if erased:
        nodes = stored(shop, "coverage")[0]["customer"]
        left = sum(row["customer"] != nodes for row in stored(shop, "coverage"))
        erase(shop, [nodes])
        assert items(shop)[-1].kept
    draw(pulse, shop, NOON + timedelta(hours=5))
    assert len(items(shop)) == before
    assert Drawing.objects.get().item == before
    assert len(stored(shop, "coverage")) == left


def test_a_pulse_paused_while_the_frame_is_read_asks_nobody(shop, manager, monkeypatch):
    pulse = running(manager)
    real = drawing.invitations

    def paused_meanwhile(*args: object):
        pause(pulse, by=manager)
        return real(*args)

    monkeypatch.setattr(drawing, "invitations", paused_meanwhile)
    assert draw(pulse, shop) is None
    assert not Invitation.objects.exists()
    assert stored(shop, "coverage") == []
