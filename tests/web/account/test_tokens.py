"""API tokens: shown once, kept as a hash, never more than the person."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory

from viaggio.web.shared.models import ApiToken, AuditEntry
from viaggio.web.shared.roles import Right, Role
from viaggio.web.shared.token_auth import TokenAuth
from viaggio.web.shared.tokens import find, issue, opens, revoke

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MONTH = timedelta(days=30)


def test_the_secret_is_not_kept(person):
    _token, secret = issue(
        person(Role.ANALYST), name="x", scopes=[Right.SEE_FIGURES], lifetime=MONTH, now=NOW
    )
    kept = str(ApiToken.objects.values().get()) + str(list(AuditEntry.objects.values()))
    assert secret not in kept
    assert secret[12:] not in kept


def test_a_token_opens_until_it_expires_or_is_ended(person):
    user = person(Role.ANALYST)
    token, secret = issue(user, name="x", scopes=[Right.SEE_FIGURES], lifetime=MONTH, now=NOW)
    assert find(secret, now=NOW) == token
    assert find(secret, now=NOW + MONTH) is None
    assert find(secret + "x", now=NOW) is None
    assert find(secret[:12], now=NOW) is None
    revoke(token, by=user, now=NOW)
    assert find(secret, now=NOW) is None


def test_a_token_gets_no_more_than_its_person_has_and_loses_what_the_person_loses(person):
    user = person(Role.ANALYST)
    token, secret = issue(
        user,
        name="x",
        scopes=[Right.SEE_FIGURES, Right.SEE_CUSTOMERS, Right.MANAGE_PEOPLE],
        lifetime=MONTH,
        now=NOW,
    )
    assert token.scopes == ["see_figures"]
    user.roles = [Role.EMPLOYEE]
    user.save()
    found = find(secret, now=NOW)
    assert found is not None
    assert not opens(found, Right.SEE_FIGURES)
    user.is_active = False
    user.save()
    assert find(secret, now=NOW) is None


def test_who_may_not_use_the_api_gets_no_token(person):
    with pytest.raises(PermissionDenied):
        issue(person(Role.CASE_HANDLER), name="x", scopes=[], lifetime=MONTH, now=NOW)


def test_a_session_lifts_no_call(person):
    request = RequestFactory().get("/api/v1/metrics")
    request.user = person(Role.OWNER)
    assert TokenAuth(Right.SEE_FIGURES)(request) is None
    assert request.user.is_anonymous


def test_a_call_acts_as_the_tokens_person_within_its_scopes(person):
    user = person(Role.CX_MANAGER)
    _token, secret = issue(user, name="x", scopes=[Right.SEE_DATA], lifetime=timedelta(days=3650), now=NOW)
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {secret}"})
    request.user = person(Role.OWNER)
    TokenAuth(Right.SEE_DATA)(request)
    assert request.user == user
    with pytest.raises(PermissionDenied):
        TokenAuth(Right.SEE_CUSTOMERS)(request)


def test_every_working_token_may_read_what_the_api_is_and_none_of_a_person_without_the_api(person):
    user = person(Role.ANALYST)
    token, _secret = issue(user, name="x", scopes=[], lifetime=MONTH, now=NOW)
    assert opens(token, Right.USE_API)
    assert not opens(token, Right.SEE_FIGURES)
    token.user.roles = [Role.CASE_HANDLER]
    assert not opens(token, Right.USE_API)


def test_the_page_shows_a_new_token_once_and_ends_it(signed_in, workspace):
    client = signed_in(Role.ANALYST)
    made = client.post("/account/tokens", {"name": "Magazzino", "scopes": ["see_figures"], "lifetime": "30"})
    secret = re.search(r"vgo_[\w-]{40,}", made.text)
    assert secret is not None
    again = client.get("/account/tokens").text
    assert secret[0] not in again
    assert "Magazzino" in again
    token = ApiToken.objects.get()
    other = signed_in(Role.CX_MANAGER)
    assert other.post(f"/account/tokens/{token.pk}/revoke").status_code == 404
    assert client.post(f"/account/tokens/{token.pk}/revoke").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_the_page_is_not_for_case_handlers(signed_in, workspace):
    assert signed_in(Role.CASE_HANDLER).get("/account/tokens").status_code == 403
    assert Client().get("/account/tokens").status_code == 302
