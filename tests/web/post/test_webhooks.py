"""Webhooks: told once, signed as the convention says, only to addresses of the public internet."""

import json
import socket
from datetime import UTC, datetime, timedelta

import pytest

from viaggio.web.shared.models import Outgoing, WebhookEndpoint
from viaggio.web.shared.post import http, queue
from viaggio.web.shared.post.outcome import GIVE_UP
from viaggio.web.shared.post.setup import connections
from viaggio.web.shared.post.worker import send_due
from viaggio.web.shared.webhooks import BadEventId, new_secret, signature, tell
from viaggio.web.shared.worker import worker_name

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
HERE = worker_name()


def endpoint(url: str, **more) -> WebhookEndpoint:
    fields = {"secret": new_secret(), "events": ["response.completed"], "created_at": NOW} | more
    return WebhookEndpoint.objects.create(url=url, **fields)


def send(now: datetime = NOW) -> int:
    return send_due("webhook", HERE, connections(), clock=lambda: now)


def test_the_signature_is_that_of_the_convention():
    """The example of the Standard Webhooks documentation; package standardwebhooks 1.1.0 gives the same."""
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        '{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_event_is_told_once_to_every_active_endpoint_that_wants_it(db):
    wanting = endpoint("https://one.example/hook")
    endpoint("https://two.example/hook", active=False)
    endpoint("https://three.example/hook", events=["alert.raised"])
    assert tell("response.completed", "r_1", {"score": 9}, NOW) == 1
    assert tell("response.completed", "r_1", {"score": 9}, NOW) == 0
    row = Outgoing.objects.get()
    assert row.key == f"webhook:{wanting.pk}:r_1"
    assert json.loads(row.payload["body"]) == {
        "type": "response.completed",
        "timestamp": "2026-11-20T10:00:00Z",
        "data": {"score": 9},
    }


@pytest.mark.parametrize("bad", ["", "a.b", "a b", "x" * 121, "a\n"])
def test_an_id_that_could_confuse_the_signature_is_refused(db, bad):
    with pytest.raises(BadEventId):
        tell("response.completed", bad, {}, NOW)


def test_a_receiver_can_verify_every_call_also_while_the_secret_changes(db, connected, receiver):
    old, new = new_secret(), new_secret()
    endpoint(f"{receiver.url}/hook", secret=new, previous_secret=old)
    tell("response.completed", "r_1", {"città": "Forlì"}, NOW)
    send()
    path, headers, body = receiver.calls[0]
    assert path == "/hook"
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == "r_1"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    stamp = int(headers["webhook-timestamp"])
    assert headers["webhook-signature"].split(" ") == [
        signature(new, "r_1", stamp, body.decode()),
        signature(old, "r_1", stamp, body.decode()),
    ]
    assert json.loads(body)["data"] == {"città": "Forlì"}
    assert Outgoing.objects.get().state == "sent"


def test_a_call_that_failed_is_repeated_with_the_same_id_and_body(db, connected, receiver):
    endpoint(receiver.url)
    tell("response.completed", "r_1", {"score": 9}, NOW)
    receiver.status = 500
    send()
    row = Outgoing.objects.get()
    assert (row.state, row.answer, row.tries) == ("waiting", "500", 1)
    receiver.status = 204
    send(now=row.due_at)
    assert [headers["webhook-id"] for _, headers, _ in receiver.calls] == ["r_1", "r_1"]
    assert receiver.calls[0][2] == receiver.calls[1][2]
    stamps = [int(headers["webhook-timestamp"]) for _, headers, _ in receiver.calls]
    assert stamps == [int(NOW.timestamp()), int(row.due_at.timestamp())]


def test_a_redirect_is_not_followed(db, connected, receiver):
    endpoint(receiver.url)
    receiver.status, receiver.headers = 302, {"Location": f"{receiver.url}/elsewhere"}
    tell("response.completed", "r_1", {}, NOW)
    send()
    assert [path for path, _, _ in receiver.calls] == ["/"]
    assert Outgoing.objects.get().state == "waiting"


def test_an_endpoint_that_says_when_is_left_alone_until_then(db, connected, receiver):
    endpoint(receiver.url)
    receiver.status, receiver.headers = 429, {"Retry-After": "120"}
    tell("response.completed", "r_1", {}, NOW)
    send()
    assert Outgoing.objects.get().due_at == NOW + timedelta(seconds=120)


def test_an_endpoint_that_is_gone_is_paused(db, connected, receiver):
    made = endpoint(receiver.url)
    receiver.status = 410
    tell("response.completed", "r_1", {}, NOW)
    send()
    made.refresh_from_db()
    assert not made.active
    assert Outgoing.objects.get().state == "failed"


def test_after_one_failure_the_other_calls_to_that_endpoint_wait_with_it(db, connected, receiver):
    endpoint(receiver.url)
    for number in range(5):
        tell("response.completed", f"r_{number}", {}, NOW)
    receiver.status = 503
    send()
    assert len(receiver.calls) == 1
    assert set(Outgoing.objects.values_list("state", flat=True)) == {"waiting"}
    assert sum(Outgoing.objects.values_list("tries", flat=True)) == 1


def test_an_endpoint_that_never_answers_is_given_up_after_the_stated_time(db, connect):
    connect("[webhooks]\ninside = true\n")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint(f"http://127.0.0.1:{closed.getsockname()[1]}/")
    tell("response.completed", "r_1", {}, NOW)
    now = NOW
    for _ in range(100):
        row = Outgoing.objects.get()
        if row.state != "waiting":
            break
        now = row.due_at
        send(now=now)
    assert row.state == "failed"
    assert GIVE_UP["webhook"] <= now - NOW <= GIVE_UP["webhook"] + timedelta(hours=8)
    assert row.tries < 40


def test_what_was_for_a_deleted_or_paused_endpoint_is_withdrawn(db, connected, receiver):
    gone, paused = endpoint(f"{receiver.url}/a"), endpoint(f"{receiver.url}/b")
    tell("response.completed", "r_1", {}, NOW)
    WebhookEndpoint.objects.filter(pk=gone.pk).delete()
    WebhookEndpoint.objects.filter(pk=paused.pk).update(active=False)
    send()
    assert receiver.calls == []
    assert set(Outgoing.objects.values_list("state", "answer")) == {
        ("withdrawn", "endpoint_deleted"),
        ("withdrawn", "endpoint_paused"),
    }


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "192.0.2.1",
    ],
)  # fmt: skip
def test_an_address_inside_is_not_public(address):
    assert not http.is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111"])
def test_an_address_of_the_internet_is_public(address):
    assert http.is_public(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://127.0.0.1/", "inside"),
        ("https://localhost/", "inside"),
        ("https://[::1]/", "inside"),
        ("https://0x7f000001/", "inside"),
        ("https://2130706433/", "inside"),
        ("https://[::ffff:10.0.0.1]/", "inside"),
        ("http://93.184.215.14/", "not_https"),
        ("ftp://93.184.215.14/", "bad_url"),
        ("https://user:word@93.184.215.14/", "bad_url"),
        ("https://93.184.215.14:99999/", "bad_url"),
        ("https:///nowhere", "bad_url"),
        ("https://93.184.215.14/a b", "bad_url"),
        ("https://nothing.invalid/", "unknown_host"),
    ],
)
def test_an_endpoint_inside_is_not_called(url, code):
    with pytest.raises(http.NotAllowed) as refusal:
        http.checked(url, inside=False)
    assert refusal.value.code == code


def test_an_address_is_checked_again_at_every_call(db, connect, receiver):
    """The endpoint was added while private addresses were allowed; they no longer are."""
    connect("")
    endpoint(receiver.url.replace("http://", "https://"))
    tell("response.completed", "r_1", {}, NOW)
    send()
    assert receiver.calls == []
    assert Outgoing.objects.get().answer == "inside"


def test_the_connection_goes_to_the_very_address_that_was_checked(monkeypatch, receiver):
    """A name that resolves to another address the second time (DNS rebinding) is not asked a second time."""
    port = int(receiver.url.rpartition(":")[2])
    asked = []
    real = socket.getaddrinfo

    def changing(host, port, *places: int, **more):
        if host != "rebinding.example":
            return real(host, port, *places, **more)
        asked.append(host)
        target = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (target, port))]

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    answer = http.call("POST", f"http://rebinding.example:{port}/", headers={}, body=b"{}", inside=True)
    assert answer.status == 200
    assert asked == ["rebinding.example"]
    assert receiver.calls[0][1]["host"] == f"rebinding.example:{port}"


def test_calls_wait_in_the_queue_until_words_are_thrown_away(db, connected, receiver):
    endpoint(receiver.url)
    tell("response.completed", "r_1", {"name": "Ada"}, NOW)
    send()
    queue.empty(now=NOW + queue.KEEP)
    row = Outgoing.objects.get()
    assert (row.payload, row.state) == ({}, "sent")
    assert row.to.startswith("http://127.0.0.1")
