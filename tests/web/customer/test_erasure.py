"""Who asks to be forgotten is in no table and no file afterwards; staff see what would go, type the name."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone
from pulses import invite, make_pulse
from tests.store.test_erasure import attack
from tests.store.tiny import bring, folded, open_tiny

from viaggio.pulse.model import Outcome
from viaggio.store.erasure import begun, ledger_of
from viaggio.store.hashing import node_key
from viaggio.web.pulse.models import AnonymousBox, Drawing, Invitation, LastAsked, Quota, QuotaPlace, Response
from viaggio.web.pulse.services.ledger import ledger
from viaggio.web.shared.audit import verify
from viaggio.web.shared.erasing.run import carry_out, take_up
from viaggio.web.shared.models import Alert, AuditEntry, Outgoing, Suppression
from viaggio.web.shared.post.suppression import suppress, suppressed
from viaggio.web.shared.roles import Right, Role
from viaggio.web.shared.tokens import issue

ADA, BEA, ACME = (
    node_key("customer_number", "7"),
    node_key("customer_number", "8"),
    node_key("account_id", "ACME"),
)
PHONE = "+393471234567"
WORDS = ("ada@x.it", "3471234567", "Ada Rossi")


@pytest.fixture
def asked(db, shop, monkeypatch):
    """The shop, with a pulse that has asked Ada and Bea, and everything that follows from that."""
    bring(
        shop, [{"table": "customers", "id": "a2", "kind": "person", "customer_number": "7", "phone": PHONE}]
    )
    folded(shop)
    monkeypatch.setattr("viaggio.store.landing.reader_apart", open_tiny)  # these rows have no real reader
    now = timezone.now()
    pulse = make_pulse()
    wave = pulse.waves.get()
    mine = [
        invite(pulse, customer=ADA, customer_number="7", address="ada@x.it", shown={"name": "Ada Rossi"}),
        invite(pulse, customer=5, customer_number="other", address=PHONE, asked_by="sms"),
    ]
    other = invite(
        pulse, customer=BEA, customer_number="8", address="bea@x.it", account=ACME, account_name="ACME"
    )
    Drawing.objects.create(
        pulse=pulse, number=1, at=now, sha256="x", item=1, counts={wave.code: {"invited": {"": 3}}}
    )
    said = {"pulse": pulse, "wave": wave, "version": pulse.version, "state": "complete", "language": "it",
            "asked_by": "email", "started_at": now, "changed_at": now}  # fmt: skip
    own = Response.objects.create(id="r-own", invitation=mine[0], answers={"why": "Sono Ada Rossi"}, **said)
    Response.objects.create(
        id="r-other",
        invitation=other,
        answers={"why": f"Chiedete ad ada@x.it, {PHONE}", "recommend": 3},
        **said,
    )
    AnonymousBox.objects.create(
        wave=wave, version=pulse.version, number=0, answers=[{"why": "scrivi a Ada@X.it"}, {"why": "bene"}]
    )
    quota = Quota.objects.create(pulse=pulse, name="all", limit=9, taken=2)
    QuotaPlace.objects.create(quota=quota, response=own, until=now)
    for who, key in (("person", ADA), ("person", BEA)):
        LastAsked.objects.create(who=who, key=key, survey_type="transaction", at=now)
    queue = {"due_at": now, "queued_at": now}
    Outgoing.objects.create(
        key=f"invitation:{mine[0].pk}:invite", kind="mail", to="ada@x.it", payload={"text": "Cara Ada Rossi"},
        state="bounced", answer="550 <ada@x.it> unknown", **queue,
    )  # fmt: skip
    Outgoing.objects.create(key="test:1", kind="mail", to="ADA@x.it", payload={"text": "x"}, **queue)
    Outgoing.objects.create(
        key="webhook:1:r-own.completed",
        kind="webhook",
        to="https://x.example",
        payload={"body": "Ada Rossi"},
        **queue,
    )
    Outgoing.objects.create(key="test:2", kind="mail", to="bea@x.it", payload={"text": "y"}, **queue)
    suppress("ada@x.it", "unsubscribed", origin=f"invitation:{mine[0].pk}", now=now)
    Alert.objects.create(key="a", kind="moved", data={"customers": [str(ADA)], "n": 3}, raised_at=now)
    (shop.exports / "list.csv").write_text("mail\nada@x.it\n")
    return shop


def named_rows() -> list[str]:
    """Rows of any table in which one of the words, or the key, can be read; of the audit only words."""
    found = []
    for model in apps.get_models():
        columns = [field.attname for field in model._meta.concrete_fields]
        for row in model.objects.values_list(*columns):
            text = repr(row).lower()
            words = WORDS if model is AuditEntry else (*WORDS, str(ADA))
            found += [f"{model.__name__}: {word}" for word in words if word.lower() in text]
    return found


def erase(client: Client, key: int = ADA, typed: str = "ada  ROSSI"):
    return client.post(f"/customers/{key}/erase", {"typed": typed})


def test_an_attacker_finds_the_person_in_no_table_and_no_file(asked, signed_in):
    client = signed_in(Role.DATA_PROTECTION, language="en")
    client.get("/customers/", {"q": "ada@x.it"})
    client.get("/customers/", {"q": "ada@x.it", "format": "csv"})
    client.get(f"/customers/{ADA}/")
    (asked.exports / "customers.csv").write_text("mail\nada@x.it\n")
    assert {text.partition(":")[0] for text in named_rows()} >= {
        "Invitation", "Response", "AnonymousBox", "Outgoing", "Alert", "LastAsked",
    }  # fmt: skip
    page = client.get(f"/customers/{ADA}/erase").text
    for words in (
        "Requests to answer",
        "Answers on our pages",
        "Mails, messages and calls",
        "Exported files",
    ):
        assert words in page
    assert erase(client).url == "/customers/erasures/"
    assert "being carried out" in client.get("/customers/erasures/").text
    (done,) = carry_out(asked)
    assert done.entry.left == {}
    assert named_rows() == []
    assert attack(asked.root, WORDS) == []
    assert done.entry.removed["records.invitations"] == 2
    assert client.get(f"/customers/{ADA}/").status_code == 404
    assert "carried out" in client.get("/customers/erasures/").text
    assert verify().whole
    entry = AuditEntry.objects.get(action="customer.erasure.done")
    assert (entry.subject, entry.actor) == (done.entry.id, client.person.email)
    # what is others' is as it was, but for the name
    assert list(Response.objects.values_list("answers", flat=True)) == [
        {"why": "Chiedete ad [erased], [erased]", "recommend": 3}
    ]
    assert Invitation.objects.get().address == "bea@x.it"
    assert Outgoing.objects.get(key="test:2").payload == {"text": "y"}
    assert Outgoing.objects.get(key="test:1").state == "withdrawn"
    assert Quota.objects.get().taken == 1
    # who wanted no mail gets none, should the address ever come back
    assert suppressed("ada@x.it") is not None
    assert Suppression.objects.count() == 1
    # a wave that runs adds up: as if the two had never been drawn
    shown = ledger(Drawing.objects.get().pulse.waves.get())
    assert shown.coverage.units == shown.coverage.counts[Outcome.INVITED] == 1
    assert carry_out(asked) == []


def test_a_company_erased_leaves_its_people(asked, signed_in):
    erase(signed_in(Role.OWNER), ACME, "acme spa")
    carry_out(asked)
    invitation = Invitation.objects.get(customer=BEA)
    assert (invitation.account, invitation.account_name) == (None, "")
    assert Invitation.objects.count() == 3


def test_without_the_name_nothing_is_erased(shop, signed_in):
    client = signed_in(Role.OWNER, language="en")
    answer = erase(client, typed="Ada")
    assert answer.status_code == 422
    assert "Nothing was erased" in answer.text
    assert begun(shop) == []


def test_nobody_else_erases(shop, signed_in):
    for role in (Role.CX_MANAGER, Role.CASE_HANDLER, Role.AUDITOR):
        client = signed_in(role)
        assert erase(client).status_code == 403
        assert client.get("/customers/erasures/").status_code == 403
        assert f"/customers/{ADA}/erase" not in client.get(f"/customers/{ADA}/").text


def test_a_request_whose_worker_was_killed_is_taken_up_when_the_next_one_starts(asked, signed_in):
    erase(signed_in(Role.OWNER))
    assert take_up()
    carry_out(asked)
    assert not take_up()
    assert len(ledger_of(asked)) == 1


def test_a_program_erases_by_token_and_reads_the_ledger(asked, person):
    _token, secret = issue(
        person(Role.DATA_PROTECTION), name="crm", scopes=[Right.ERASE_CUSTOMERS], lifetime=timedelta(days=1),
        now=timezone.now(),
    )  # fmt: skip
    client, address = (
        Client(headers={"Authorization": f"Bearer {secret}"}),
        f"/api/v1/customers/{ADA}/erasure",
    )
    found = client.get(address).json()["found"]
    assert found["records.responses"] == 1
    send = {"content_type": "application/json"}
    assert client.post(address, {"confirm": "yes"}, **send).json()["code"] == "erasure.not_confirmed"
    accepted = client.post(address, {"confirm": str(ADA)}, **send)
    assert (accepted.status_code, accepted.json()["found"]) == (202, found)
    (waiting,) = client.get("/api/v1/erasures").json()["items"]
    assert (waiting["id"], waiting["ended"]) == (accepted.json()["id"], None)
    carry_out(asked)
    (entry,) = client.get("/api/v1/erasures").json()["items"]
    assert (entry["removed"], entry["left"], entry["origin"]) == (found, {}, "api")
    assert client.get(address).status_code == 404
