"""What was answered reaches the facts: everything, once, as it is now."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from tests.web.pulse.fielding.company import DAY, NOON, answered, facts, running, stored

from viaggio.store.doctor import doctor
from viaggio.store.landing import items
from viaggio.web.pulse.models import AnonymousBox, Invitation, Response, Wave
from viaggio.web.pulse.services import schedule, settling
from viaggio.web.pulse.services.drawing import draw_now
from viaggio.web.pulse.services.ledger import in_facts, ledger
from viaggio.web.pulse.services.ledger_files import fielding_lock
from viaggio.web.pulse.services.schedule import close_waves, settle_all, settle_now
from viaggio.web.pulse.services.settling import LONGEST, SHORTEST, settle, settle_boxes, wait_for

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=3)


@pytest.fixture
def asked(shop, manager):
    """A pulse that has asked all twelve customers, folded."""
    pulse = running(manager)
    with fielding_lock(shop, wait=True):
        draw_now(pulse, shop, now=NOON)
    facts(shop)
    return pulse


def about(n: int) -> Invitation:
    return Invitation.objects.select_related("pulse", "wave").get(about=f"shop:O{n}")


def test_an_answer_becomes_its_rows(shop, asked):
    response = answered(about(3), {"recommend": 9, "why": "Puntuali."}, at=LATER)
    done = settle(shop, now=LATER)
    assert (done.responses, done.invitations, done.answers, done.texts) == (1, 1, 1, 1)
    (row,) = stored(shop, "answers")
    assert row["id"] == f"{response.id}:recommend"
    assert row["invitation"] == about(3).id
    assert (row["pulse"], row["wave"], row["metric"], row["value"]) == (asked.slug, "2026-11", "nps", 9.0)
    assert (row["scale_min"], row["scale_max"], row["weight_base"]) == (0.0, 10.0, 1.0)
    assert (row["order_id"], row["language"]) == ("O3", "it")
    assert row["answered_at"] == LATER
    assert row["customer"] == about(3).customer
    assert row["account"] == about(3).account
    (text,) = stored(shop, "texts")
    assert (text["body"], text["rating"], text["response"]) == ("Puntuali.", 9.0, response.id)
    covered = {row["about"]: (row["outcome"], row["response"]) for row in stored(shop, "coverage")}
    assert covered["shop:O3"] == ("complete", response.id)
    assert Counter(outcome for outcome, _ in covered.values()) == {"invited": 11, "complete": 1}
    assert doctor(shop) == []


def test_what_is_settled_is_not_settled_again(shop, asked):
    answered(about(1), {"recommend": 9}, at=LATER)
    assert settle(shop, now=LATER).item is not None
    assert settle(shop, now=LATER).item is None


def test_a_change_after_settling_replaces_the_row(shop, asked):
    answered(about(1), {"recommend": 9, "why": "Bene"}, at=LATER)
    settle(shop, now=LATER)
    facts(shop)
    answered(about(1), {"recommend": 3}, at=LATER + DAY)
    settle(shop, now=LATER + DAY)
    (row,) = stored(shop, "answers")
    assert row["value"] == 3.0
    (text,) = stored(shop, "texts")
    assert text["body"] == ""  # what was taken back is said by nobody any more


def test_a_rating_taken_back_feeds_no_score_any_more(shop, asked):
    answered(about(1), {"recommend": 9, "why": "Bene"}, at=LATER)
    settle(shop, now=LATER)
    facts(shop)
    answered(about(1), {"why": "Bene"}, at=LATER + DAY)
    settle(shop, now=LATER + DAY)
    (row,) = stored(shop, "answers")
    assert (row["item"], row["metric"], row["scale_min"], row["scale_max"]) == (
        "withdrawn",
        "other",
        0.0,
        0.0,
    )
    answered(about(1), {"recommend": 7, "why": "Bene"}, at=LATER + 2 * DAY)
    settle(shop, now=LATER + 2 * DAY)
    (row,) = stored(shop, "answers")
    assert (row["item"], row["metric"], row["value"]) == ("recommend", "nps", 7.0)


def test_a_change_that_comes_while_a_batch_lands_waits_for_the_next(shop, asked, monkeypatch):
    answered(about(1), {"recommend": 9}, at=LATER)
    real = settling.land_files

    def answered_meanwhile(*args: object, **kwargs: object):
        answered(about(1), {"recommend": 2}, at=LATER + DAY)
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(settling, "land_files", answered_meanwhile)
        settle(shop, now=LATER)
    assert stored(shop, "answers")[0]["value"] == 9.0
    assert settle(shop, now=LATER + DAY).responses == 1
    assert stored(shop, "answers")[0]["value"] == 2.0


@pytest.mark.parametrize("moment", ["land_files", "_note"])
def test_killed_at_any_step_each_answer_is_in_the_facts_once(shop, asked, monkeypatch, moment):
    for n in range(1, 5):
        answered(about(n), {"recommend": n}, at=LATER)
    real = getattr(settling, moment)

    def killed(*args: object, **kwargs: object) -> None:
        if moment == "land_files":
            real(*args, **kwargs)  # it landed, and nobody was told
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(settling, moment, killed)
        with pytest.raises(KeyboardInterrupt):
            settle(shop, now=LATER)
    answered(about(5), {"recommend": 5}, at=LATER)
    settle(shop, now=LATER + timedelta(minutes=1))
    rows = stored(shop, "answers")
    assert sorted(row["value"] for row in rows) == [1, 2, 3, 4, 5]
    assert in_facts(facts(shop), Wave.objects.get(code="2026-11"))[1] == 12
    assert not (list((shop.root / "fielding").glob("*.parquet")))


def test_the_same_batch_twice_is_one_item(shop, asked, monkeypatch):
    answered(about(1), {"recommend": 9}, at=LATER)
    with monkeypatch.context() as patch:
        patch.setattr(settling, "_note", lambda *_: None)
        first = settle(shop, now=LATER)
    assert settle(shop, now=LATER + DAY).item == first.item


def test_a_partial_answer_waits_until_the_time_is_over(shop, asked):
    answered(about(1), {"recommend": 9}, at=LATER, complete=False)
    settle(shop, now=LATER)
    assert stored(shop, "answers") == []
    after = about(1).expires_at
    settle(shop, now=after)
    (row,) = stored(shop, "answers")
    assert '"partial": true' in row["properties"]


def test_a_provisional_answer_is_never_settled(shop, asked):
    response = answered(about(1), {"recommend": 9}, at=LATER, complete=False)
    Response.objects.filter(pk=response.pk).update(state="provisional")
    settle(shop, now=about(1).expires_at)
    assert stored(shop, "answers") == []


def test_answers_of_a_pulse_with_quotas_say_so(shop, manager):
    pulse = running(manager, quotas=[{"name": "fifty", "limit": 50}])
    with fielding_lock(shop, wait=True):
        draw_now(pulse, shop, now=NOON)
    answered(about(1), {"recommend": 9}, at=LATER)
    settle(shop, now=LATER)
    assert '"quota": true' in stored(shop, "answers")[0]["properties"]


def test_an_answer_says_how_long_it_waited_and_took(shop, asked):
    Invitation.objects.filter(pk=about(1).pk).update(sent_at=LATER - timedelta(hours=1))
    response = answered(about(1), {"recommend": 9}, at=LATER, complete=False)
    response.state, response.completed_at = "complete", LATER + timedelta(seconds=41.4)
    response.save()
    settle(shop, now=LATER + DAY)
    (row,) = stored(shop, "answers")
    told = json.loads(row["properties"])
    assert (told["waited_seconds"], told["took_seconds"]) == (3600, 41)


def test_many_batches_settle_everything(shop, asked, monkeypatch):
    monkeypatch.setattr(settling, "BATCH", 5)
    for n in range(1, 13):
        answered(about(n), {"recommend": n % 11}, at=LATER)
    before = len(items(shop))
    with fielding_lock(shop, wait=True):
        done = settle_all(shop, now=LATER)
    assert (done.responses, done.invitations) == (12, 12)
    assert len(items(shop)) - before == 3
    assert len(stored(shop, "answers")) == 12


def test_answers_that_keep_coming_wait_for_the_next_item(shop, asked, monkeypatch):
    def and_one_more(ws, **more):
        done = settle(ws, **more)
        left = Invitation.objects.filter(outcome="invited").order_by("id").first()
        answered(about(int(left.about.removeprefix("shop:O"))), {"recommend": 5}, at=LATER)
        return done

    monkeypatch.setattr(schedule, "settle", and_one_more)
    answered(about(1), {"recommend": 9}, at=LATER)
    before = len(items(shop))
    with fielding_lock(shop, wait=True):
        done = settle_all(shop, now=LATER)
    assert (done.responses, len(items(shop)) - before) == (1, 1)


def test_a_page_can_ask_for_it_now(shop, asked):
    answered(about(1), {"recommend": 9}, at=LATER)
    assert settle_now(LATER).responses == 1


def test_quiet_batches_are_a_quarter_of_an_hour_apart_and_busy_ones_a_minute():
    assert wait_for(0) == LONGEST == timedelta(minutes=15)
    assert wait_for(100) == timedelta(minutes=7, seconds=30)
    assert wait_for(100_000) == SHORTEST == timedelta(minutes=1)


def test_anonymous_answers_land_when_the_wave_is_over_and_nothing_tells_them_apart(shop, manager):
    pulse = running(manager, anonymous=True)
    with fielding_lock(shop, wait=True):
        draw_now(pulse, shop, now=NOON)
    wave = Wave.objects.get(code="2026-11")
    said = [{"recommend": 9}, {"recommend": 9}, {"recommend": 2, "why": "Tardi"}]
    for number, each in enumerate(said):
        AnonymousBox.objects.create(
            wave=wave, version=pulse.version, number=number, answers=[each], spent=["d"]
        )
    assert settle_boxes(shop, now=LATER) == 0
    assert close_waves(wave.ends_at) == 1
    assert settle_boxes(shop, now=wave.ends_at) == 3
    assert settle_boxes(shop, now=wave.ends_at) == 0
    rows = stored(shop, "answers")
    assert sorted(row["value"] for row in rows) == [2, 9, 9]
    assert {row["answered_at"] for row in rows} == {wave.ends_at - timedelta(microseconds=1)}
    assert {row["customer"] for row in rows} == {None}
    assert {row["invitation"] for row in rows} == {None}
    assert not AnonymousBox.objects.exclude(spent=[]).exists()
    wave.refresh_from_db()
    counts = ledger(wave).coverage.counts
    assert (counts["complete"], counts["invited"]) == (3, 9)
    assert {row["outcome"] for row in stored(shop, "coverage")} == {"invited"}


def test_the_order_of_the_boxes_leaves_no_trace(shop, manager):
    pulse = running(manager, anonymous=True)
    wave = Wave.objects.create(pulse=pulse, code="2026-10", starts_at=datetime(2026, 9, 30, 22, tzinfo=UTC),
                               ends_at=datetime(2026, 10, 31, 23, tzinfo=UTC))  # fmt: skip
    said = [{"recommend": n} for n in range(6)]
    boxes = [
        AnonymousBox(wave=wave, version=pulse.version, number=n, answers=[each])
        for n, each in enumerate(said)
    ]
    one = settling.anonymous_rows(boxes, quota=False)
    other = settling.anonymous_rows(reversed(boxes), quota=False)
    assert one == other
