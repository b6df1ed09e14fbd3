"""Short messages: how many segments they take, how a gateway is asked, what its answers mean."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from pulses import invite, make_pulse

from viaggio.web.pulse.services.messages import queue_message
from viaggio.web.shared.models import Outgoing, Suppression
from viaggio.web.shared.post.gateway import filled, understood
from viaggio.web.shared.post.http import Answer
from viaggio.web.shared.post.returns import gateway_report, note
from viaggio.web.shared.post.setup import Gateway, connections
from viaggio.web.shared.post.sms import plainer, segments
from viaggio.web.shared.post.suppression import digest_of
from viaggio.web.shared.post.worker import send_due
from viaggio.web.shared.worker import worker_name

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("è" * 160, 1),  # the Italian accents of the default alphabet
        ("€" * 80, 1),  # two septets each
        ("€" * 81, 2),
        ("ă" + "a" * 69, 1),  # one foreign letter makes it UCS-2
        ("ă" + "a" * 70, 2),
        ("ă" * 134, 2),
        ("ă" * 135, 3),
        ("🙂" * 35, 1),  # two units each
        ("🙂" * 36, 2),
        ("🙂" * 66, 2),  # 33 in each part: a pair is not cut in two
        ("🙂" * 67, 3),
        ("a" * 152 + "€" + "a" * 152, 3),  # an escape is not cut from its sign
    ],
)
def test_segments_are_counted_as_the_networks_do(text, count):
    """3GPP TS 23.038 section 6.1 and TS 23.040 section 9.2.3.24.1: 160/153 septets, 70/67 units."""
    assert segments(text) == count


def test_typographic_signs_do_not_double_the_price():
    assert plainer("“Com’è” – sì… È vero") == "\"Com'è\" - sì... E' vero"
    assert segments(plainer("Com’è andata – " * 10)) == 1


def test_a_message_can_not_reach_into_the_template():
    body = filled(
        {"to": "{to}", "text": "{text}", "n": [1, "{id}"]}, {"to": "{id}", "text": '{to}"}', "id": "k"}
    )
    assert body == {"to": "{id}", "text": '{to}"}', "n": [1, "k"]}


def test_a_short_message_is_handed_to_the_gateway(db, connected, receiver):
    made = invite(make_pulse(), asked_by="sms", address="+39 333 1234567", sent_at=None)
    assert queue_message(made, "invite", NOW)
    receiver.answer = {"status": "queued", "messages": [{"id": "SM1"}]}
    assert send_due("sms", worker_name(), connections(), clock=lambda: NOW) == 1
    path, headers, body = receiver.calls[0]
    said = json.loads(body)
    assert (path, headers["content-type"]) == ("/sms", "application/json")
    assert said["to"] == "+39 333 1234567"
    assert said["ref"] == f"invitation-{made.id}-invite"
    assert "https://ascolto.example.com/a/" in said["text"]
    row = Outgoing.objects.get()
    assert (row.state, row.payload["reference"]) == ("sent", "SM1")
    made.refresh_from_db()
    assert made.sent_at == NOW


def test_a_form_gateway_gets_a_form(db, connect, receiver):
    connect(f'[sms]\nurl = "{receiver.url}/sms"\nform = true\nbody = {{To = "{{to}}", Body = "{{text}}"}}\n')
    made = invite(make_pulse(), asked_by="sms", address="+393331234567")
    assert queue_message(made, "invite", NOW)
    send_due("sms", worker_name(), connections(), clock=lambda: NOW)
    assert parse_qs(receiver.calls[0][2].decode())["To"] == ["+393331234567"]


WAY = Gateway(
    url="https://gateway.example",
    taken_field="status",
    taken=("queued", "sent"),
    dead_field="code",
    dead=("21211",),
    id_field="messages.0.id",
)


@pytest.mark.parametrize(
    ("status", "said", "state"),
    [
        (200, {"status": "queued"}, "sent"),
        (201, {"status": "sent", "messages": [{"id": 7}]}, "sent"),
        (200, {"status": "rejected"}, "failed"),
        (200, None, "failed"),
        (400, {"code": 21211}, "bounced"),
        (400, {"code": 30001}, "failed"),
        (401, {}, "later"),
        (404, {}, "later"),
        (429, {}, "later"),
        (500, {}, "later"),
        (302, {}, "later"),
    ],
)
def test_what_a_gateway_answers(status, said, state):
    assert understood(Answer(status, json.dumps(said).encode()), WAY).state == state


def test_an_answer_that_is_no_json_is_no_success():
    assert understood(Answer(200, b"<html>"), WAY).state == "failed"
    assert understood(Answer(200, b"<html>"), Gateway(url="https://gateway.example")).state == "sent"


def test_a_dead_number_is_not_written_to_again(db, connected, receiver):
    made = invite(make_pulse(), asked_by="sms", address="0039 333-1234567", sent_at=None)
    assert queue_message(made, "invite", NOW)
    receiver.status, receiver.answer = 400, {"code": "21211"}
    send_due("sms", worker_name(), connections(), clock=lambda: NOW)
    made.refresh_from_db()
    assert made.outcome == "bounced"
    assert Suppression.objects.get().digest == digest_of("+39 333 1234567")


def test_a_later_report_of_the_gateway_finds_its_message(db, connect, receiver):
    connect(
        f'[sms]\nurl = "{receiver.url}/sms"\nid = "id"\n'
        'report = {id = "MessageSid", field = "MessageStatus", values = ["undelivered"]}\n'
    )
    made = invite(make_pulse(), asked_by="sms", address="+393331234567", sent_at=None)
    assert queue_message(made, "invite", NOW)
    receiver.answer = {"id": "SM9"}
    send_due("sms", worker_name(), connections(), clock=lambda: NOW)
    form = "application/x-www-form-urlencoded"
    assert gateway_report(b"MessageSid=SM9&MessageStatus=delivered", form, connections()) is None
    assert gateway_report(b"MessageSid=SM8&MessageStatus=undelivered", form, connections()) is None
    found = gateway_report(b"MessageSid=SM9&MessageStatus=undelivered", form, connections())
    assert found is not None
    assert note(found, now=NOW)
    assert not note(found, now=NOW)
    made.refresh_from_db()
    assert (made.outcome, Outgoing.objects.get().state) == ("bounced", "failed")
    assert Suppression.objects.count() == 0
