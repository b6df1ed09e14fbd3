"""The connections pages: what they show, who may, what each change leaves behind."""

import json
import re
from datetime import UTC, datetime

import pytest
from pulses import invite, make_pulse
from reports import report

from viaggio.web.pulse.services.messages import queue_message
from viaggio.web.shared.models import (
    AlertSubscription,
    AuditEntry,
    Outgoing,
    Suppression,
    WebhookEndpoint,
)
from viaggio.web.shared.post import queue
from viaggio.web.shared.post.mail import message_id
from viaggio.web.shared.post.returns import report_token
from viaggio.web.shared.post.setup import connections
from viaggio.web.shared.post.suppression import suppress, suppressed
from viaggio.web.shared.post.worker import send_due
from viaggio.web.shared.roles import Role
from viaggio.web.shared.webhooks import signature
from viaggio.web.shared.worker import worker_name

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def manager(signed_in, connected):
    return signed_in(Role.CX_MANAGER, language="en")


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("seq").values_list("action", flat=True))


def added(manager, url: str) -> WebhookEndpoint:
    answer = manager.post(
        "/connections/webhooks/new/", {"url": url, "events": ["response.completed"], "note": "Test"}
    )
    assert answer.status_code == 200
    return WebhookEndpoint.objects.get(url=url)


def test_a_webhook_is_added_and_its_secret_is_shown_once(manager, receiver):
    url = f"{receiver.url}/hook"
    fields = {"url": url, "events": ["response.completed"], "note": ""}
    answer = manager.post("/connections/webhooks/new/", fields)
    made = WebhookEndpoint.objects.get()
    assert made.secret in answer.content.decode()
    assert made.secret not in manager.get(f"/connections/webhooks/{made.pk}/").content.decode()
    assert (made.url, made.events, made.active) == (url, ["response.completed"], True)
    entry = AuditEntry.objects.get(action="connections.endpoint.added")
    assert made.secret not in json.dumps(entry.details)


def test_an_address_inside_is_not_added_unless_a_setting_allows_it(signed_in, workspace):
    manager = signed_in(Role.CX_MANAGER, language="en")
    for url in ("https://127.0.0.1/hook", "https://169.254.169.254/latest", "https://localhost/"):
        answer = manager.post("/connections/webhooks/new/", {"url": url, "events": ["alert.raised"]})
        assert "private network" in answer.content.decode()
    answer = manager.post(
        "/connections/webhooks/new/", {"url": "http://example.com/", "events": ["alert.raised"]}
    )
    assert "must begin with https" in answer.content.decode()
    assert WebhookEndpoint.objects.count() == 0


def test_a_test_call_reaches_the_endpoint_also_while_it_is_paused(manager, receiver):
    made = added(manager, f"{receiver.url}/hook")
    manager.post(f"/connections/webhooks/{made.pk}/active", {"active": "no"})
    manager.post(f"/connections/webhooks/{made.pk}/test")
    send_due("webhook", worker_name(), connections())
    [(_, headers, body)] = receiver.calls
    assert json.loads(body)["type"] == "endpoint.test"
    stamp = int(headers["webhook-timestamp"])
    assert headers["webhook-signature"] == signature(made.secret, headers["webhook-id"], stamp, body.decode())
    assert "delivered" in manager.get(f"/connections/webhooks/{made.pk}/").content.decode()


def test_a_new_secret_leaves_the_old_one_until_it_is_ended(manager, receiver):
    made = added(manager, receiver.url)
    old = made.secret
    shown = manager.post(f"/connections/webhooks/{made.pk}/secret").content.decode()
    made.refresh_from_db()
    assert (made.previous_secret, made.secret != old) == (old, True)
    assert made.secret in shown
    manager.post(f"/connections/webhooks/{made.pk}/secret", {"do": "end"})
    made.refresh_from_db()
    assert made.previous_secret == ""


def test_a_webhook_is_changed_and_deleted_with_a_trace(manager, receiver):
    made = added(manager, receiver.url)
    manager.post(f"/connections/webhooks/{made.pk}/", {"events": ["alert.raised"], "note": "Till"})
    made.refresh_from_db()
    assert (made.events, made.note) == (["alert.raised"], "Till")
    manager.post(f"/connections/webhooks/{made.pk}/delete")
    assert WebhookEndpoint.objects.count() == 0
    assert [a for a in actions() if a.startswith("connections.")] == [
        "connections.endpoint.added",
        "connections.endpoint.changed",
        "connections.endpoint.deleted",
    ]


def test_the_log_names_nobody(manager, mailbox):
    queue_message(invite(make_pulse(), sent_at=None), "invite", NOW)
    queue_message(
        invite(make_pulse(slug="sms"), asked_by="sms", address="+393331234567", sent_at=None), "invite", NOW
    )
    page = manager.get("/connections/log/").content.decode()
    assert "ada@example.com" not in page
    assert "a…@example.com" in page
    assert "…4567" in page
    assert "+39333" not in page
    table = manager.get("/connections/log/?format=csv").content.decode()
    assert "ada@example.com" not in table
    assert "a…@example.com" in table


def test_the_log_is_narrowed_and_goes_on_below_a_row(manager):
    for number in range(60):
        queue.post("mail", f"test:{number}", to="a@b.example", payload={"x": 1}, due_at=NOW, now=NOW)
    first = manager.get("/connections/log/?kind=mail&state=waiting").content.decode()
    assert first.count('<th scope="row">') == 50
    older = re.search(r"before=(\d+)", first)[1]
    assert manager.get(f"/connections/log/?before={older}").content.decode().count('<th scope="row">') == 10
    assert "Nothing here" in manager.get("/connections/log/?kind=webhook").content.decode()
    assert manager.get("/connections/log/?before=x&kind=%00&state=x").status_code == 200


def test_something_is_sent_again_from_the_log(manager, mailbox):
    queue.post("mail", "test:1", to="a@b.example", payload={"subject": "x", "text": "y"}, due_at=NOW, now=NOW)
    send_due("mail", worker_name(), connections())
    row = Outgoing.objects.get()
    manager.post(f"/connections/log/{row.pk}/again")
    send_due("mail", worker_name(), connections())
    assert len(mailbox.mails) == 2
    assert "connections.post.sent_again" in actions()
    Outgoing.objects.update(payload={})
    page = manager.post(f"/connections/log/{row.pk}/again", follow=True).content.decode()
    assert "can not be sent again" in page


def test_an_address_is_looked_up_by_its_digest_and_never_written_down(manager):
    suppress("ada@example.com", "bounced", origin="x", now=NOW)
    page = manager.post("/connections/address", {"address": "ADA@example.com", "do": "look"}).content.decode()
    assert "On the list since" in page
    manager.post("/connections/address", {"address": "ada@example.com", "do": "release"})
    assert suppressed("ada@example.com") is None
    manager.post("/connections/address", {"address": "bruno@example.com", "do": "stop"})
    assert Suppression.objects.get().kind == "by_hand"
    said = " ".join(f"{e.subject} {e.details}" for e in AuditEntry.objects.all() if "address" in e.action)
    assert "example.com" not in said
    assert "connections.address.released" in actions()


def test_who_unsubscribed_is_not_taken_off_the_list_by_us(manager):
    suppress("ada@example.com", "unsubscribed", origin="x", now=NOW)
    page = manager.post("/connections/address", {"address": "ada@example.com", "do": "release"})
    assert suppressed("ada@example.com") is not None
    assert 'value="release"' not in page.content.decode()


def test_a_test_mail_goes_to_oneself(manager, mailbox):
    manager.post("/connections/test-mail")
    send_due("mail", worker_name(), connections())
    assert [to for _, to, _ in mailbox.mails] == [manager.person.email]


def test_a_wrong_setting_is_told_and_breaks_nothing(signed_in, connect):
    connect('[mail]\nserver = "smtp://mx"\nfrom = "nobody"\n')
    page = signed_in(Role.OWNER, language="en").get("/connections/").content.decode()
    assert "VIAGGIO_MAIL_FROM" in page


def test_secrets_of_the_connections_stand_on_no_page(signed_in, connect):
    connect(
        '[mail]\nserver = "smtps://user:Geheim1@mx.example"\nfrom = "a@b.example"\n'
        '[sms]\nurl = "https://gateway.example"\nheaders = {Authorization = "Bearer Geheim2"}\n'
    )
    page = signed_in(Role.OWNER).get("/connections/").content.decode()
    assert "mx.example" in page
    assert "Geheim" not in page


def test_a_report_by_post_strikes_an_address_off(client, db, connected, mailbox):
    made = invite(make_pulse(), sent_at=None)
    queue_message(made, "invite", NOW)
    send_due("mail", worker_name(), connections(), clock=lambda: NOW)
    raw = report(message_id(f"invitation:{made.id}:invite", "officina.example"))
    wrong = client.post(f"/connections/returned/{'0' * 32}", raw, content_type="message/rfc822")
    assert wrong.status_code == 404
    assert Suppression.objects.count() == 0
    answer = client.post(f"/connections/returned/{report_token()}", raw, content_type="message/rfc822")
    assert answer.status_code == 204
    made.refresh_from_db()
    assert (made.outcome, Suppression.objects.get().kind) == ("bounced", "bounced")


@pytest.mark.parametrize(
    "kind", ["message/rfc822", "application/json", "application/x-www-form-urlencoded", ""]
)
def test_nonsense_is_taken_without_a_word(client, db, workspace, kind):
    for body in (b"", b"\xff\x00{", b"[" * 100_000, b"a=b", b"null"):
        answer = client.post(f"/connections/returned/{report_token()}", body, content_type=kind)
        assert answer.status_code == 204


def test_everybody_who_sees_figures_chooses_the_own_alerts(signed_in, workspace):
    analyst = signed_in(Role.ANALYST, language="en")
    analyst.post("/connections/alerts/", {"kinds": ["score.worsened"]})
    assert list(AlertSubscription.objects.values_list("user_id", "kind")) == [
        (analyst.person.pk, "score.worsened")
    ]
    analyst.post("/connections/alerts/", {})
    assert AlertSubscription.objects.count() == 0
    assert actions().count("connections.alerts.chosen") == 2


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.OWNER, Role.CX_MANAGER}])
def test_nobody_else_manages_connections(signed_in, workspace, role):
    client = signed_in(role)
    for path in ("", "log/", "webhooks/new/", "webhooks/1/"):
        assert client.get(f"/connections/{path}").status_code == 403
    for path in ("test-mail", "address", "log/1/again", "webhooks/1/test", "webhooks/1/delete"):
        assert client.post(f"/connections/{path}").status_code == 403
