"""Customers are found, read and joined by those who may, and every look leaves a trace."""

import csv
import io

import pytest
from django.urls import reverse

from viaggio.store.engine import engine
from viaggio.store.hashing import node_key
from viaggio.store.history import find_customers
from viaggio.web.shared.folding import fold_landed
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

ADA, BEA = node_key("customer_number", "7"), node_key("customer_number", "8")
MAIL = node_key("email", "ada@x.it")
ACME, CIRO = node_key("account_id", "ACME"), node_key("email", "ciro@acme.it")
ENGLISH = {"Accept-Language": "en"}


def page(key: int, name: str = "show") -> str:
    return reverse(f"customer:{name}", args=[key])


def actions() -> list[tuple[str, str]]:
    return [(row.action, row.subject) for row in AuditEntry.objects.order_by("seq")]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.HEAD_OF_FUNCTION, Role.WORKS_COUNCIL, Role.EMPLOYEE])
def test_roles_without_personal_data_see_no_customer(role, shop, signed_in):
    client = signed_in(role)
    for address in ("/customers/", "/customers/accounts/", page(ADA), "/customers/?format=csv"):
        assert client.get(address).status_code == 403
    assert [row for row in actions() if row[0].startswith("customer")] == []


@pytest.mark.parametrize("text", ["ada", "ADA@X.IT", "7", "O-1", "rossi"])
def test_a_search_leads_to_the_customer_and_is_recorded(text, shop, signed_in):
    answer = signed_in(Role.CASE_HANDLER).get("/customers/", {"q": text})
    assert f'href="{page(ADA)}"' in answer.text
    assert "Bea" not in answer.text
    listed = AuditEntry.objects.get(action="customer.listed")
    assert listed.details["customers"] == [str(ADA)]


def test_the_list_tells_channels_and_last_contact(shop, signed_in):
    answer = signed_in(Role.CASE_HANDLER, language="en").get("/customers/", {"q": "rossi"})
    assert "Website, Phone" in answer.text
    assert "15 Jun 2025" in answer.text


def test_pages_of_the_list_show_everybody_once(shop, signed_in, monkeypatch):
    monkeypatch.setattr("viaggio.web.customer.services.lists.PAGE", 1)
    client, address, shown = signed_in(Role.CASE_HANDLER), "/customers/", []
    while address:
        answer = client.get(address)
        shown += [line.key for line in answer.context["page"].rows]
        more = answer.context["page"].more
        address = f"/customers/?after={more}" if more else ""
    assert sorted(shown) == sorted([ADA, BEA, ACME, CIRO])


def test_a_look_at_a_customer_is_recorded_under_the_customers_own_key(shop, signed_in):
    answer = signed_in(Role.CASE_HANDLER).get(page(MAIL))
    assert answer.status_code == 200
    assert actions()[-1] == ("customer.seen", str(ADA))


def test_the_whole_record_is_on_the_page(shop, signed_in):
    text = signed_in(Role.CASE_HANDLER, language="en").get(page(ADA)).text
    for words in ("Order O-1", "€19.90", "Recommendation", "3 of 10", "6 of 7", "Surveys", "withdrawn",
                  "in one row of crm, import 1", "resolved", "Lazio"):  # fmt: skip
        assert words in text, words
    assert "Ottimo &lt;script&gt;" in text
    assert "Ottimo <script>" not in text


def test_a_business_account_shows_its_contacts_and_a_contact_its_account(shop, signed_in):
    client = signed_in(Role.CASE_HANDLER)
    assert f'href="{page(CIRO)}"' in client.get(page(ACME)).text
    assert f'href="{page(ACME)}"' in client.get(page(CIRO)).text
    assert f'href="{page(ACME)}"' in client.get("/customers/accounts/?q=acme").text
    assert client.get("/customers/accounts/?q=nobody").context["page"].rows == ()


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("phase=care", {"interactions"}),
        ("phase=purchase", {"orders"}),
        ("what=texts", {"texts"}),
        ("what=texts&phase=care", set()),
        ("what=nonsense", {"interactions", "orders", "texts", "answers", "consents"}),
    ],
)
def test_the_time_line_is_filtered(query, kinds, shop, signed_in):
    client = signed_in(Role.AUDITOR, language="en")
    rows = list(
        csv.DictReader(io.StringIO(client.get(f"{page(ADA)}?{query}&format=csv").text.lstrip("\ufeff")))
    )
    names = {"Interactions": "interactions", "Orders": "orders", "Words": "texts", "Answers": "answers",
             "Consents": "consents"}  # fmt: skip
    assert {names[row["Kind"]] for row in rows} == kinds
    assert ("customer.exported", str(ADA)) in actions()


def test_files_need_the_right_to_export(shop, signed_in):
    client = signed_in(Role.CASE_HANDLER)
    for address in ("/customers/?format=csv", "/customers/accounts/?format=xlsx", f"{page(ADA)}?format=csv"):
        assert client.get(address).status_code == 403
    assert "format=csv" not in client.get("/customers/").text


@pytest.mark.parametrize("address", ["/customers/1/", "/customers/abc/", "/customers/99999999999999999999/",
                                     f"/customers/{ADA}/?before=x", "/customers/?after=x"])  # fmt: skip
def test_what_is_not_there_is_not_found(address, shop, signed_in):
    assert signed_in(Role.CASE_HANDLER).get(address).status_code == 404


def folded() -> None:
    fold_landed.call()


def customers_now(shop) -> set[int]:
    return {found.profile.customer for found in find_customers(engine(shop), "").found}


def test_joining_makes_one_customer_and_undoing_makes_two_again(shop, signed_in):
    client = signed_in(Role.CX_MANAGER)
    assert f'value="{BEA}"' in client.get(page(ADA, "join"), {"q": "bea"}).text
    answer = client.post(page(ADA, "join"), {"other": str(BEA), "reason": "same person"})
    assert answer.url == page(ADA)
    assert ("customer.merged", str(ADA)) in actions()
    waiting = client.get(page(ADA))
    assert waiting.context["page"].waiting
    assert client.get(page(ADA, "waiting")).headers.get("HX-Refresh") is None
    folded()
    assert client.get(page(ADA, "waiting")).headers["HX-Refresh"] == "true"
    assert customers_now(shop) == {ADA, ACME, CIRO}
    both = client.get(page(BEA))
    assert {known.node for known in both.context["page"].identifiers} == {ADA, BEA, MAIL}
    assert "same person" in both.text
    act = both.context["page"].decided[0]
    assert client.post(page(ADA, "undo"), {"item": act.item}).status_code == 302
    folded()
    assert customers_now(shop) == {ADA, BEA, ACME, CIRO}
    assert [act.holds for act in client.get(page(ADA)).context["page"].decided] == [True, False]


def test_parting_takes_an_identifier_away_with_its_history_and_can_be_undone(shop, signed_in):
    client = signed_in(Role.CX_MANAGER)
    client.post(page(ADA, "part"), {"away": str(MAIL), "reason": "shared mailbox"})
    folded()
    assert customers_now(shop) == {ADA, BEA, ACME, CIRO, MAIL}
    assert {known.node for known in client.get(page(ADA)).context["page"].identifiers} == {ADA}
    assert ("customer.split", str(ADA)) in actions()
    act = client.get(page(MAIL)).context["page"].decided[0]
    client.post(page(MAIL, "undo"), {"item": act.item})
    folded()
    assert customers_now(shop) == {ADA, BEA, ACME, CIRO}


def test_the_same_records_are_not_joined_twice_nor_strangers_parted(shop, signed_in):
    client = signed_in(Role.CX_MANAGER)
    client.post(page(ADA, "join"), {"other": str(MAIL)})
    client.post(page(ADA, "part"), {"away": str(BEA)})
    assert client.post(page(ADA, "undo"), {"item": "77"}).status_code == 404
    assert [row for row in actions() if row[0] in {"customer.merged", "customer.split"}] == []


@pytest.mark.parametrize("role", [Role.CASE_HANDLER, Role.AUDITOR, Role.DATA_PROTECTION])
def test_who_only_reads_neither_joins_nor_parts(role, shop, signed_in):
    client = signed_in(role)
    for name, sent in (("join", {"other": BEA}), ("part", {"away": MAIL}), ("undo", {"item": 1})):
        assert client.post(page(ADA, name), sent).status_code == 403
    assert page(ADA, "join") not in client.get(page(ADA)).text
