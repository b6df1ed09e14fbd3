"""The queue: claimed once, settled once, taken back from the dead, no faster than said, emptied at last."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from pulses import invite, make_pulse

from viaggio.web.pulse.services.messages import queue_message
from viaggio.web.shared.models import Outgoing, PostRate, Suppression
from viaggio.web.shared.post import queue, rates
from viaggio.web.shared.post.mail import key_of, message_id, refused
from viaggio.web.shared.post.outcome import GIVE_UP, Outcome, wait_after
from viaggio.web.shared.post.setup import BadConnection, connections, read
from viaggio.web.shared.post.suppression import digest_of, suppress
from viaggio.web.shared.post.worker import keep_house, send_due
from viaggio.web.shared.worker import worker_name

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ELSEWHERE = "another-machine:1:abcd"
HERE = worker_name()
WORDS = {"subject": "Ciao", "text": "Buongiorno.\n"}


def put(key: str = "test:1", to: str = "ada@example.com", **words) -> Outgoing:
    assert queue.post("mail", key, to=to, payload=WORDS | words, due_at=NOW, now=NOW)
    return Outgoing.objects.get(key=key)


def send(channel: str = "mail", now: datetime = NOW) -> int:
    return send_due(channel, HERE, connections(), clock=lambda: now)


def test_a_mail_is_sent_once(db, connected, mailbox):
    row = put()
    assert send() == 1
    assert send() == 0
    row.refresh_from_db()
    assert (row.state, row.tries, row.sent_at) == ("sent", 1, NOW)
    assert len(mailbox.mails) == 1
    sender, to, raw = mailbox.mails[0]
    message = message_from_bytes(raw, policy=policy.default)
    assert (sender, to) == ("ciao@officina.example", "ada@example.com")
    assert message["From"].addresses[0].addr_spec == "ciao@officina.example"
    assert message["Message-ID"] == message_id("test:1", "officina.example")
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == "Buongiorno.\n"


def test_a_mail_with_two_bodies_carries_both_and_its_headers(db, connected, mailbox):
    made = invite(make_pulse(), sent_at=None)
    assert queue_message(made, "invite", NOW)
    assert send() == 1
    message = message_from_bytes(mailbox.mails[0][2], policy=policy.default)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith("<https://ascolto.example.com/u/")
    assert message["From"].addresses[0].display_name == "Officina Blu"
    made.refresh_from_db()
    assert (made.sent_at, made.change) == (NOW, 2)


def test_a_key_is_queued_once_ever(db):
    put()
    assert not queue.post("mail", "test:1", to="other@example.com", payload=WORDS, due_at=NOW, now=NOW)
    assert Outgoing.objects.get().to == "ada@example.com"


def test_two_workers_never_hold_the_same_row(db):
    for number in range(10):
        put(f"test:{number}")
    first = queue.claim("mail", "a:1:1", rate=1000, now=NOW, most=6)
    second = queue.claim("mail", "b:1:1", rate=1000, now=NOW, most=6)
    assert len(first) == 6
    assert len(second) == 4
    assert not {row.pk for row in first} & {row.pk for row in second}


def test_a_row_of_a_dead_worker_comes_back_and_what_it_says_late_counts_for_nothing(db):
    put()
    [held] = queue.claim("mail", ELSEWHERE, rate=1000, now=NOW)
    assert queue.reclaim(now=NOW + queue.LEASE / 2) == 0
    assert queue.reclaim(now=NOW + queue.LEASE) == 1
    [again] = queue.claim("mail", HERE, rate=1000, now=NOW + queue.LEASE)
    assert not queue.settle(held, Outcome(state="failed"), ELSEWHERE, now=NOW + queue.LEASE)
    assert queue.settle(again, Outcome(state="sent"), HERE, now=NOW + queue.LEASE)
    assert Outgoing.objects.get().state == "sent"


def test_what_no_worker_survives_is_given_up_when_its_time_is_over(db):
    put()
    now = NOW
    while now < NOW + GIVE_UP["mail"]:
        assert queue.claim("mail", ELSEWHERE, rate=1000, now=now)
        now += timedelta(hours=13)
        queue.reclaim(now=now)
    assert Outgoing.objects.get().state == "failed"


def test_over_any_stretch_no_more_leaves_than_the_rate_allows(db):
    for number in range(400):
        put(f"test:{number}")
    taken: list[tuple[float, int]] = []
    for tenth in range(300):
        now = NOW + timedelta(seconds=tenth / 10)
        rows = queue.claim("mail", f"w:{tenth % 3}:1", rate=5.0, now=now, most=20)
        taken.append((tenth / 10, len(rows)))
    total = sum(count for _, count in taken)
    for start in range(0, 300, 7):
        for end in range(start, 300, 11):
            count = sum(n for t, n in taken if start / 10 <= t <= end / 10)
            assert count <= 5.0 * (end - start) / 10 + 5 + 1e-9
    assert total == 5 + int(29.9 * 5)


def test_tokens_of_rows_that_were_not_there_stay_in_the_bucket(db):
    put()
    assert len(queue.claim("mail", HERE, rate=5.0, now=NOW)) == 1
    assert PostRate.objects.get(channel="mail").tokens == 4


def test_a_clock_that_steps_back_gives_no_tokens(db):
    assert rates.draw("mail", 5, rate=5.0, now=NOW) == 5
    assert rates.draw("mail", 5, rate=5.0, now=NOW - timedelta(hours=1)) == 0
    assert rates.draw("mail", 5, rate=5.0, now=NOW) == 0
    assert rates.draw("mail", 5, rate=5.0, now=NOW + timedelta(seconds=1)) == 5


def test_waits_grow_from_seconds_to_six_hours():
    waits = [wait_after(tries, "test:1").total_seconds() for tries in range(1, 20)]
    for tries, wait in enumerate(waits):
        middle = min(15 * 2**tries, 6 * 3600)
        assert 0.75 * middle <= wait <= 1.25 * middle
    assert len({wait_after(3, f"test:{n}") for n in range(50)}) > 40


@pytest.mark.parametrize(
    ("code", "said", "state"),
    [
        (450, "4.2.1 mailbox busy", "later"),
        (550, "5.1.1 user unknown", "bounced"),
        (550, "no such user", "bounced"),
        (552, "5.2.2 mailbox full", "later"),
        (550, "5.7.1 rejected by policy", "failed"),
        (421, "4.7.0 too many", "later"),
    ],
)
def test_what_a_server_says_to_a_recipient(code, said, state):
    assert refused(code, said).state == state


def test_a_refused_mail_is_no_fault_of_the_address():
    assert refused(554, "5.7.1 spam", at_recipient=False).state == "failed"
    assert refused(554, "transaction failed", at_recipient=False).state == "failed"
    assert refused(550, "5.1.1 unknown", at_recipient=False).state == "bounced"


def test_an_unknown_recipient_bounces_and_is_never_mailed_again(db, connected, mailbox):
    mailbox.refusals["ada@example.com"] = "550 5.1.1 <ada@example.com> user unknown"
    pulse = make_pulse()
    first, second = invite(pulse, sent_at=None), invite(pulse, address="Ada@Example.com ", sent_at=None)
    assert queue_message(first, "invite", NOW)
    send()
    first.refresh_from_db()
    assert (first.outcome, first.reason, first.ended_at) == ("bounced", "refused_by_server", NOW)
    row = Outgoing.objects.get()
    assert row.state == "bounced"
    assert "ada@" not in row.answer
    assert Suppression.objects.get().digest == digest_of("ada@example.com")

    mailbox.refusals.clear()
    assert queue_message(second, "invite", NOW)
    send()
    second.refresh_from_db()
    assert (second.outcome, second.reason) == ("no_address", "suppressed_bounced")
    assert mailbox.mails == []


def test_a_server_that_is_busy_or_away_is_tried_again_later(db, connected, mailbox):
    mailbox.greeting = "421 4.3.2 not now"
    row = put()
    send()
    row.refresh_from_db()
    assert (row.state, row.tries) == ("waiting", 1)
    assert row.due_at == NOW + wait_after(1, row.key)
    assert row.answer.startswith("421")
    mailbox.greeting = "220 test"
    assert send(now=NOW) == 0
    assert send(now=row.due_at) == 1
    assert len(mailbox.mails) == 1


def test_what_can_not_be_delivered_for_days_is_given_up_and_told(db, connected, mailbox):
    mailbox.data_answer = "451 4.3.0 try again"
    made = invite(make_pulse(), sent_at=None, expires_at=NOW + timedelta(days=30))
    assert queue_message(made, "invite", NOW)
    now = NOW
    for _ in range(200):
        row = Outgoing.objects.get()
        if row.state != "waiting":
            break
        now = row.due_at
        send(now=now)
    made.refresh_from_db()
    assert row.state == "failed"
    assert GIVE_UP["mail"] <= now - NOW <= GIVE_UP["mail"] + timedelta(hours=8)
    assert (made.outcome, made.reason) == ("bounced", "given_up")


def test_who_has_answered_in_the_meantime_is_not_reminded(db, connected, mailbox):
    made = invite(make_pulse())
    assert queue_message(made, "reminder", NOW)
    made.outcome = "complete"
    made.save()
    send()
    assert Outgoing.objects.get().state == "withdrawn"
    assert mailbox.mails == []
    made.refresh_from_db()
    assert made.outcome == "complete"


def test_a_paused_pulse_holds_its_mail_for_as_long_as_it_takes(db, connected, mailbox):
    pulse = make_pulse()
    made = invite(pulse, sent_at=None, expires_at=NOW + timedelta(days=30))
    assert queue_message(made, "invite", NOW)
    pulse.state = "paused"
    pulse.save()
    now = NOW
    for _ in range(24 * 5):
        send(now=now)
        now += timedelta(hours=1)
    assert mailbox.mails == []
    pulse.state = "running"
    pulse.save()
    send(now=now + timedelta(hours=1))
    assert len(mailbox.mails) == 1


def test_an_anonymous_invitation_never_learns_what_became_of_it(db, connected, mailbox):
    pulse = make_pulse(anonymous=True)
    good, bad = invite(pulse, sent_at=None), invite(pulse, sent_at=None, address="gone@example.com")
    mailbox.refusals["gone@example.com"] = "550 5.1.1 unknown"
    assert queue_message(good, "invite", NOW)
    assert queue_message(bad, "invite", NOW)
    send()
    for made in (good, bad):
        made.refresh_from_db()
        assert (made.outcome, made.sent_at, made.ended_at, made.change) == ("invited", None, None, 1)
    assert len(mailbox.mails) == 1


def test_an_unsubscribed_person_ends_without_consent(db, connected, mailbox):
    made = invite(make_pulse(), sent_at=None)
    suppress("ada@example.com", "by_hand", origin="test", now=NOW)
    assert queue_message(made, "invite", NOW)
    send()
    made.refresh_from_db()
    assert (made.outcome, made.reason) == ("no_consent", "suppressed_by_hand")
    assert mailbox.mails == []


def test_words_and_addresses_are_thrown_away_some_days_after_sending(db, connected, mailbox):
    row = put()
    send()
    keep_house(now=NOW + queue.KEEP - timedelta(seconds=1))
    row.refresh_from_db()
    assert row.payload
    keep_house(now=NOW + queue.KEEP)
    row.refresh_from_db()
    assert (row.payload, row.to, row.state) == ({}, "", "sent")
    assert not queue.again(row, now=NOW)


def test_an_erased_person_leaves_nothing_in_the_queue(db):
    row = put()
    assert queue.forget("ada@example.com") == 1
    row.refresh_from_db()
    assert (row.state, row.payload, row.to) == ("withdrawn", {}, "")


def test_sent_again_it_keeps_its_id(db, connected, mailbox):
    row = put()
    send()
    row.refresh_from_db()
    assert queue.again(row, now=NOW + timedelta(minutes=1))
    send(now=NOW + timedelta(minutes=1))
    ids = {message_from_bytes(raw, policy=policy.default)["Message-ID"] for _, _, raw in mailbox.mails}
    assert len(mailbox.mails) == 2
    assert ids == {message_id("test:1", "officina.example")}


def test_only_our_own_message_ids_name_a_key():
    made = message_id("invitation:0a1b:invite", "officina.example")
    assert key_of(made) == "invitation:0a1b:invite"
    assert key_of(made.replace("0a1b", "0a1c")) is None
    assert key_of("<abc@example.com>") is None


def test_without_a_mail_server_mail_waits(db, workspace):
    put()
    assert send() == 0
    assert Outgoing.objects.get().state == "waiting"


def test_the_environment_goes_before_the_file():
    table = {"address": "https://a.example", "mail": {"server": "smtp://one", "from": "a@a.example"}}
    setup = read(
        table, {"VIAGGIO_SMTP": "smtps://us%40er:p%3Aw@two", "VIAGGIO_ADDRESS": "https://b.example/"}
    )
    assert setup.address == "https://b.example"
    assert setup.mail is not None
    assert (setup.mail.host, setup.mail.port, setup.mail.encryption) == ("two", 465, "tls")
    assert (setup.mail.user, setup.mail.password) == ("us@er", "p:w")
    assert "p:w" not in repr(setup)
    plain = read(table, {}).mail
    assert plain is not None
    assert (plain.port, plain.encryption) == (587, "starttls")


@pytest.mark.parametrize(
    "table",
    [
        {"mail": {"server": "http://one", "from": "a@a.example"}},
        {"mail": {"server": "smtp://one", "from": "nobody"}},
        {"mail": {"server": "smtp://one", "from": "a@a.example", "rate": 0}},
        {"sms": {"url": "ftp://gateway"}},
        {"sms": {"url": "https://gateway", "body": {"to": "{to}"}}},
    ],
)
def test_a_connection_that_can_not_work_is_refused_with_its_place(table):
    with pytest.raises(BadConnection) as refusal:
        read(table, {})
    assert refusal.value.place
