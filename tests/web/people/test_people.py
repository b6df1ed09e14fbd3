"""People and roles: only owners change them, one owner always stays, every change is in the audit."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from viaggio.kernel import EVERYBODY
from viaggio.web.people import services
from viaggio.web.shared.models import AuditEntry, User
from viaggio.web.shared.permissions import scope_of
from viaggio.web.shared.roles import Role


def test_the_last_owner_can_neither_be_shut_out_nor_lose_the_role(person):
    owner = person(Role.OWNER, email="ada@example.com")
    gone = person(Role.OWNER, email="bea@example.com", is_active=False)
    with pytest.raises(services.LastOwner):
        services.deactivate(owner, by=owner)
    with pytest.raises(services.LastOwner):
        services.change_roles(owner, roles=[Role.ANALYST], function="", unit="", by=owner)
    services.reactivate(gone, by=owner)
    services.deactivate(owner, by=gone)
    assert not User.objects.get(pk=owner.pk).is_active


def test_who_is_no_owner_changes_nobody(person):
    manager, other = person(Role.CX_MANAGER), person(Role.ANALYST)
    for change in (
        lambda: services.deactivate(other, by=manager),
        lambda: services.change_roles(manager, roles=[Role.OWNER], function="", unit="", by=manager),
        lambda: services.invite(
            email="x@example.com",
            name="X",
            roles=[Role.OWNER],
            function="",
            unit="",
            language="it",
            by=manager,
        ),
    ):
        with pytest.raises(PermissionDenied):
            change()
    assert AuditEntry.objects.count() == 0


def test_changing_roles_leaves_what_was_before_in_the_audit(person):
    owner, other = person(Role.OWNER), person(Role.ANALYST)
    services.change_roles(other, roles=[Role.HR, Role.APPROVER], function="", unit="Torino", by=owner)
    entry = AuditEntry.objects.latest("seq")
    assert (entry.actor, entry.action, entry.subject) == (owner.email, "people.roles.changed", other.email)
    assert entry.details == {
        "before": ["analyst"],
        "after": ["approver", "hr"],
        "function": "",
        "unit": "Torino",
    }


def test_shutting_out_ends_sessions_at_once(signed_in, person, workspace):
    client = signed_in(Role.ANALYST)
    services.deactivate(client.person, by=person(Role.OWNER))
    assert client.get("/account/").status_code == 302
    assert client.person.sessions.count() == 0


def test_an_invited_person_signs_in_through_the_link_of_the_page(signed_in, workspace):
    owner = signed_in(Role.OWNER)
    fields = {
        "name": "Bea Conti",
        "email": "Bea@Example.com",
        "language": "en",
        "roles": ["head_of_function"],
    }
    incomplete = owner.post("/people/invite", fields)
    assert User.objects.count() == 1
    assert "errorlist" in incomplete.text
    made = owner.post("/people/invite", {**fields, "function": "logistics"})
    link = re.search(r"http://testserver(/account/welcome/[^<\s]+)", made.text)
    assert link is not None
    bea = Client()
    bea.post(link[1], {"name": "Bea Conti", "password": "tre treni per Trieste"})
    assert bea.get("/account/").status_code == 200
    twice = owner.post("/people/invite", {**fields, "function": "logistics"})
    assert "errorlist" in twice.text
    assert User.objects.filter(email="bea@example.com").count() == 1


def test_the_list_makes_as_many_queries_for_one_person_as_for_many(
    signed_in, person, workspace, django_assert_max_num_queries
):
    client = signed_in(Role.OWNER)
    client.get("/people/")
    with django_assert_max_num_queries(6) as alone:
        client.get("/people/")
    for n in range(5):
        person(Role.ANALYST, email=f"p{n}@example.com")
    with django_assert_max_num_queries(len(alone)):
        client.get("/people/")


def test_names_are_escaped(signed_in, person, workspace):
    person(Role.ANALYST, name="<script>alert(1)</script>")
    page = signed_in(Role.OWNER).get("/people/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_list_leaves_as_csv_without_live_formulas(signed_in, person, workspace):
    person(Role.ANALYST, name="=1+1", email="bea@example.com")
    answer = signed_in(Role.OWNER).get("/people/?format=csv")
    assert "'=1+1" in answer.text
    assert "bea@example.com" in answer.text


def test_a_head_of_function_sees_the_own_function_and_more_with_a_second_role(person):
    head = person(Role.HEAD_OF_FUNCTION, function="logistics", email="a@example.com")
    both = person(Role.HEAD_OF_FUNCTION, Role.ANALYST, function="logistics", email="b@example.com")
    payer = person(Role.HEAD_OF_FUNCTION, Role.PAYROLL, function="logistics", email="c@example.com")
    lost = person(Role.HEAD_OF_FUNCTION, function="", email="d@example.com")
    assert scope_of(head).where == {"function": ("logistics",)}
    assert scope_of(both) == EVERYBODY
    assert scope_of(payer).where == {"function": ("logistics",)}
    assert scope_of(lost).where == {"function": ("-",)}
