"""Closed by default: every address, as every role and as nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.urls.converters import IntConverter, UUIDConverter

from viaggio.web.shared.permissions import Guard, guard_of
from viaggio.web.shared.roles import Right, Role, rights_of

SAMPLES = {IntConverter: 1, UUIDConverter: UUID(int=1)}
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Address:
    """One address of the application, its placeholders filled with samples."""

    path: str
    view: object


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[Address]:
    for pattern in patterns:
        route = str(pattern.pattern)
        for name, converter in pattern.pattern.converters.items():
            sample = str(SAMPLES.get(type(converter), "sample"))
            for form in (
                f"<{name}>",
                *(f"<{kind}:{name}>" for kind in ("int", "str", "slug", "uuid", "path")),
            ):
                route = route.replace(form, sample)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, before + route)
        else:
            yield Address(before + route, pattern.callback)


def unguarded(patterns: list[URLPattern | URLResolver]) -> list[str]:
    """Addresses whose view says neither which right it needs nor that it is open."""
    return [address.path for address in addresses(patterns) if guard_of(address.view) is None]


EVERY = list(addresses(get_resolver().url_patterns))
OF_KIND = {
    kind: [a for a in EVERY if (guard := guard_of(a.view)) and guard.kind == kind]
    for kind in ("right", "open", "token")
}


def ask(client: Client, method: str, address: str) -> int:
    return int(getattr(client, method)(address, secure=False).status_code)


def test_every_view_says_who_may_see_it():
    assert unguarded(get_resolver().url_patterns) == []


def test_the_checker_finds_a_planted_view():
    planted = [path("planted", lambda _request: HttpResponse("open"))]
    assert unguarded([*get_resolver().url_patterns, *planted]) == ["/planted"]


def test_a_planted_view_is_refused_even_to_the_owner(signed_in, settings):
    module = ModuleType("planted")
    module.urlpatterns = [
        path("planted", lambda _request: HttpResponse("open")),
        *get_resolver().url_patterns,
    ]
    module.handler403 = "viaggio.web.shared.views.forbidden"
    settings.ROOT_URLCONF = module
    assert ask(signed_in(Role.OWNER), "get", "/planted") == 403


@pytest.mark.parametrize("address", OF_KIND["right"], ids=lambda a: a.path)
def test_nobody_is_sent_to_the_sign_in(address, db, workspace):
    for method in ("get", "post"):
        answer = getattr(Client(), method)(address.path)
        assert answer.status_code == 302
        assert answer.url.startswith("/account/sign-in")


@pytest.mark.parametrize("address", OF_KIND["open"], ids=lambda a: a.path)
def test_open_pages_answer_nobody(address, db, workspace):
    assert ask(Client(), "get", address.path) in {200, 302, 404, 405, 410}


@pytest.mark.parametrize("address", OF_KIND["token"], ids=lambda a: a.path)
def test_the_api_wants_a_token_and_takes_no_session(address, signed_in, workspace):
    for client in (Client(), signed_in(Role.OWNER)):
        answers = {ask(client, method, address.path) for method in METHODS}
        assert answers <= {401, 405} or answers == {404}  # the root of the API is nothing
        assert answers & {401, 404}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_it_may_and_nothing_else(role, signed_in, workspace):
    client = signed_in(role)
    wrong = {}
    for address in OF_KIND["right"]:
        if address.path == "/account/sign-out":
            continue
        guard = guard_of(address.view)
        assert guard is not None
        if guard.right in rights_of([role]):
            status = ask(client, "get", address.path)
            if status not in {200, 302, 404, 405}:
                wrong[f"GET {address.path}"] = status
        else:
            for method in ("get", "post"):
                if (status := ask(client, method, address.path)) != 403:
                    wrong[f"{method} {address.path}"] = status
    assert wrong == {}


def test_a_person_without_a_role_has_only_the_own_account(signed_in, workspace):
    client = signed_in()
    beyond = [a for a in OF_KIND["right"] if guard_of(a.view) != Guard("right", Right.OWN_ACCOUNT)]
    assert {ask(client, "get", a.path) for a in beyond} == {403}
    assert ask(client, "get", "/account/") == 200


def test_a_deactivated_person_is_nobody(signed_in, workspace):
    client = signed_in(Role.OWNER)
    client.person.is_active = False
    client.person.save()
    assert ask(client, "get", "/people/") == 302


def test_only_the_owner_manages_people_and_the_analyst_sees_no_customer():
    assert [role for role in Role if Right.MANAGE_PEOPLE in rights_of([role])] == [Role.OWNER]
    assert Right.SEE_CUSTOMERS not in rights_of([Role.ANALYST])
    assert Right.SEE_CUSTOMERS not in rights_of([Role.WORKS_COUNCIL])


def test_pages_forbid_inline_script_and_style_and_framing(client, db):
    answer = client.get("/account/sign-in")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_no_template_has_inline_script_or_style():
    from pathlib import Path

    import viaggio.web

    found = []
    for template in Path(viaggio.web.__file__).parent.rglob("templates/**/*.html"):
        text = template.read_text()
        found += [
            f"{template.name}: {mark}"
            for mark in (" style=", "<style", "onclick=", "hx-on", "javascript:")
            if mark in text
        ]
        scripts = (part[:200] for part in text.split("<script")[1:])
        found += [template.name for part in scripts if "src=" not in part and "application/json" not in part]
    assert found == []


def test_a_form_without_its_proof_of_origin_is_refused_with_a_way_out(person, db):
    strict = Client(enforce_csrf_checks=True)
    filled = {"email": "a@example.com", "password": "x"}
    answer = strict.post("/account/sign-in", filled, headers={"Accept-Language": "en"})
    assert answer.status_code == 403
    assert "load the page again" in answer.text
