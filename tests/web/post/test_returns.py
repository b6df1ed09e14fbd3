"""What comes back: a report is believed only about a mail of ours, and the address is left alone for good."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from pulses import invite, make_pulse
from reports import complaint, report

from viaggio.web.pulse.services.messages import queue_message
from viaggio.web.shared.models import Outgoing, Suppression
from viaggio.web.shared.post.mail import message_id
from viaggio.web.shared.post.returns import is_report_token, mail_report, note, report_token
from viaggio.web.shared.post.setup import connections
from viaggio.web.shared.post.suppression import digest_of, normalised, release, suppress, suppressed
from viaggio.web.shared.post.worker import send_due
from viaggio.web.shared.worker import worker_name

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
KEY = "invitation:0a1b:invite"


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        ("failed", "5.1.1", "bounced"),
        ("failed", "5.0.0", "bounced"),
        ("failed", "5.2.2", "failed"),
        ("failed", "5.7.1", "failed"),
        ("failed", "4.4.7", "failed"),
        ("delayed", "4.4.1", None),
        ("delivered", "2.0.0", None),
        ("relayed", "2.0.0", None),
    ],
)
def test_what_a_delivery_report_says(action, status, kind, whole):
    raw = report(message_id(KEY, "officina.example"), action=action, status=status, whole=whole)
    found = mail_report(raw)
    assert (found.kind if found else None) == kind
    if found:
        assert (found.key, found.status) == (KEY, status)


def test_a_complaint_is_known():
    found = mail_report(complaint(message_id(KEY, "officina.example")))
    assert found is not None
    assert (found.key, found.kind) == (KEY, "complained")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: ciao\n\nSono in ferie.",
        report("<invitation.0a1b.invite.00000000000000000000@officina.example>"),
        report("<someone.else@example.com>"),
        b"Content-Type: multipart/report; boundary=B\n\n" + b"--B\n" * 1000,
    ],
)
def test_any_other_mail_strikes_nobody_off(raw):
    assert mail_report(raw) is None


def test_an_answer_to_our_mail_is_no_report():
    reply = f"In-Reply-To: {message_id(KEY, 'officina.example')}\nSubject: Re: Ciao\n\nGrazie!\n"
    assert mail_report(reply.encode()) is None


def test_a_mail_that_comes_back_ends_its_invitation_and_is_never_mailed_again(db, connected, mailbox):
    pulse = make_pulse()
    first, second = invite(pulse, sent_at=None), invite(pulse, sent_at=None)
    assert queue_message(first, "invite", NOW)
    worker = worker_name()
    send_due("mail", worker, connections(), clock=lambda: NOW)
    raw = report(message_id(f"invitation:{first.id}:invite", "officina.example"))
    found = mail_report(raw)
    assert found is not None
    later = NOW + timedelta(minutes=5)
    assert note(found, now=later)
    assert not note(found, now=later)
    first.refresh_from_db()
    assert (first.outcome, first.ended_at, first.sent_at) == ("bounced", later, NOW)
    assert Suppression.objects.get().origin == f"invitation:{first.id}:invite"

    assert queue_message(second, "invite", NOW)
    send_due("mail", worker, connections(), clock=lambda: later)
    second.refresh_from_db()
    assert second.outcome == "no_address"
    assert len(mailbox.mails) == 1
    assert Outgoing.objects.filter(state="withdrawn").count() == 1


def test_one_click_from_the_mail_stops_everything(db, client, connected, mailbox, settings):
    """RFC 8058: a POST without cookies to the address in List-Unsubscribe; a GET changes nothing."""
    pulse = make_pulse()
    first, second = invite(pulse, sent_at=None), invite(pulse, sent_at=None)
    assert queue_message(first, "invite", NOW)
    worker = worker_name()
    send_due("mail", worker, connections(), clock=lambda: NOW)
    message = message_from_bytes(mailbox.mails[0][2], policy=policy.default)
    link = str(message["List-Unsubscribe"]).strip("<>").removeprefix("https://ascolto.example.com")
    assert client.get(link).status_code == 200
    assert Suppression.objects.count() == 0
    answer = client.post(link, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert Suppression.objects.get().kind == "unsubscribed"

    assert queue_message(second, "invite", NOW)
    send_due("mail", worker, connections(), clock=lambda: NOW)
    second.refresh_from_db()
    assert (second.outcome, second.reason) == ("no_consent", "suppressed_unsubscribed")
    assert len(mailbox.mails) == 1


def test_a_link_in_the_header_is_never_folded_or_encoded(db, connect, mailbox):
    connect(
        'address = "https://un-nome-molto-lungo-davvero.ascolto-clienti.officina-blu-elettrodomestici.example"\n'
        f'[mail]\nserver = "smtp://127.0.0.1:{mailbox.port}?tls=none"\nfrom = "ciao@officina.example"\n'
    )
    assert queue_message(invite(make_pulse(), sent_at=None), "invite", NOW)
    send_due("mail", worker_name(), connections(), clock=lambda: NOW)
    head = mailbox.mails[0][2].partition(b"\r\n\r\n")[0]
    assert b"\r\nList-Unsubscribe: <https://un-nome-molto-lungo-davvero." in head
    assert b"=?utf-8" not in head.partition(b"List-Unsubscribe:")[2].partition(b"\r\n")[0]


def test_the_token_of_the_report_address_is_ours():
    assert is_report_token(report_token())
    assert not is_report_token(report_token()[:-1] + "x")
    assert not is_report_token("è")


@pytest.mark.parametrize(
    ("written", "one"),
    [
        (" Ada@Example.COM ", "ada@example.com"),
        ("+39 333 123-4567", "+393331234567"),
        ("0039 (333) 1234567", "+393331234567"),
        ("333.1234567", "3331234567"),
    ],
)
def test_an_address_has_one_form(written, one):
    assert normalised(written) == one
    assert normalised(normalised(written)) == one


def test_the_list_keeps_digests_only_and_lets_go_of_them(db):
    assert suppress("Ada@Example.com", "by_hand", origin="person:1", now=NOW)
    assert not suppress("ada@example.com", "bounced", origin="x", now=NOW)
    kept = Suppression.objects.get()
    assert (kept.kind, kept.digest) == ("by_hand", digest_of("ada@example.com"))
    assert "ada" not in f"{kept.origin}{kept}"
    assert suppressed("ADA@example.com") is not None
    assert release("ada@example.com")
    assert suppressed("ada@example.com") is None
    with pytest.raises(ValueError, match="other"):
        suppress("ada@example.com", "other", origin="", now=NOW)


def test_nothing_personal_is_logged(db, connected, mailbox, caplog):
    mailbox.refusals["ada@example.com"] = "550 5.1.1 <ada@example.com> unknown"
    caplog.set_level("DEBUG")
    for number, address in enumerate(("ada@example.com", "bruno@example.com", "not an address")):
        made = invite(make_pulse(slug=f"p{number}"), address=address, sent_at=None)
        assert queue_message(made, "invite", NOW)
    send_due("mail", worker_name(), connections(), clock=lambda: NOW)
    states = dict(Outgoing.objects.values_list("to", "state"))
    assert states == {"ada@example.com": "bounced", "bruno@example.com": "sent", "not an address": "failed"}
    said = caplog.text + " ".join(Outgoing.objects.values_list("answer", flat=True))
    assert "@example.com" not in said
    assert "not an address" not in said
