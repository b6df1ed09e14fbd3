"""Signing in, the first run, invitations, own sessions."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import Client, RequestFactory
from django.utils import timezone

from viaggio.web.account import throttle
from viaggio.web.account.models import UserSession
from viaggio.web.account.services import setup_token
from viaggio.web.shared.invitation import link_for
from viaggio.web.shared.models import AuditEntry, User
from viaggio.web.shared.roles import Role

PASSWORD = "tre treni per Trieste"
NOW = timezone.now()


def try_in(client: Client, email: str, password: str = PASSWORD, **meta):
    return client.post("/account/sign-in", {"email": email, "password": password}, **meta)


def test_a_right_password_opens_whatever_the_capitals_of_the_address(person, client):
    person(Role.OWNER, email="ada@example.com")
    answer = try_in(client, "Ada@Example.com")
    assert answer.status_code == 302
    assert AuditEntry.objects.latest("seq").action == "account.signed_in"


def test_a_wrong_password_says_the_same_as_an_unknown_address(person, client):
    person(Role.OWNER, email="ada@example.com")
    wrong, unknown = (try_in(client, who, "no").text for who in ("ada@example.com", "nobody@example.com"))
    messages = [re.findall(r'class="errorlist.*?</ul>', text, re.DOTALL) for text in (wrong, unknown)]
    assert messages[0] == messages[1] != []


def test_a_refused_address_is_not_written_in_clear(client, db):
    try_in(client, "secret@example.com", "no")
    entry = AuditEntry.objects.latest("seq")
    assert entry.action == "account.refused"
    assert "secret" not in entry.canonical()


def test_the_sixth_try_must_wait_even_with_the_right_password_and_others_need_not(person, client):
    person(Role.OWNER, email="ada@example.com")
    person(Role.ANALYST, email="bea@example.com")
    for _ in range(5):
        assert try_in(client, "ada@example.com", "no").status_code == 200
    assert try_in(client, "ada@example.com").status_code == 429
    assert try_in(Client(), "bea@example.com").status_code == 302
    assert try_in(Client(), "ada@example.com", REMOTE_ADDR="10.9.8.7").status_code == 302


def test_a_shop_of_hundred_clerks_behind_one_address_can_mistype(db):
    for clerk in range(100):
        throttle.note_failure(f"clerk{clerk}@example.com", "10.0.0.1", now=NOW)
    assert throttle.time_to_wait("clerk1@example.com", "10.0.0.1", now=NOW) is None


def test_guessing_one_account_from_many_addresses_stops(db):
    for n in range(50):
        throttle.note_failure("ada@example.com", f"10.0.0.{n}", now=NOW)
    assert throttle.time_to_wait("ada@example.com", "10.1.1.1", now=NOW) == timedelta(minutes=15)


def test_the_wait_ends_when_the_window_has_passed(db):
    for _ in range(5):
        throttle.note_failure("ada@example.com", "10.0.0.1", now=NOW)
    later = NOW + timedelta(minutes=15)
    assert throttle.time_to_wait("ada@example.com", "10.0.0.1", now=later - timedelta(seconds=1)) is not None
    assert throttle.time_to_wait("ada@example.com", "10.0.0.1", now=later) is None


def test_behind_a_proxy_the_proxys_word_counts_and_the_clients_does_not(person, settings):
    from viaggio.web.shared.address import address_of

    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="6.6.6.6, 10.0.0.9")
    assert address_of(request) == "127.0.0.1"
    settings.BEHIND_PROXY = True
    assert address_of(request) == "10.0.0.9"


@pytest.mark.parametrize("where", ["https://evil.example", "//evil.example", "javascript:alert(1)"])
def test_next_never_leads_elsewhere(person, client, where):
    person(Role.OWNER, email="ada@example.com")
    answer = client.post(
        "/account/sign-in", {"email": "ada@example.com", "password": PASSWORD, "next": where}
    )
    assert answer.url == "/account/start"


def test_passwords_are_kept_with_argon2(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert identify_hasher(make_password(PASSWORD)).algorithm == "argon2"


def test_the_first_owner_needs_the_printed_key_and_comes_only_once(client, workspace, db):
    fields = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
    assert client.post("/account/first-run", {**fields, "token": "guess"}).status_code == 200
    assert User.objects.count() == 0
    key = re.search(
        r'value="(\w+)" id="id_token"', client.get(f"/account/first-run?token={setup_token()}").text
    )
    assert key is not None
    assert client.post("/account/first-run", {**fields, "token": key[1]}).status_code == 302
    assert User.objects.get().roles == ["owner"]
    assert client.get("/account/").status_code == 200
    assert Client().get("/account/first-run").status_code == 404
    assert (
        Client()
        .post("/account/first-run", {**fields, "email": "b@example.com", "token": setup_token()})
        .status_code
        == 404
    )


@pytest.mark.parametrize("password", ["short", "1234567890", "password123", "ada@example.com"])
def test_weak_passwords_are_refused(client, db, password):
    fields = {"name": "Ada", "email": "ada@example.com", "password": password, "token": setup_token()}
    client.post("/account/first-run", fields)
    assert User.objects.count() == (1 if password == "ada@example.com" else 0)


def invitation(user: User) -> str:
    return link_for(user, RequestFactory().get("/")).removeprefix("http://testserver")


def test_an_invitation_works_once_and_signs_in(person, workspace):
    user = person(Role.ANALYST, email="bea@example.com")
    user.set_unusable_password()
    user.save()
    link = invitation(user)
    assert "bea@example.com" in Client().get(link).text
    client = Client()
    assert client.post(link, {"name": "Bea", "password": PASSWORD}).status_code == 302
    assert client.get("/account/").status_code == 200
    assert Client().get(link).status_code == 410
    assert Client().post(link, {"name": "Eve", "password": "another long word"}).status_code == 410


def test_an_invitation_of_a_deactivated_person_or_another_person_is_over(person):
    bea, eve = person(email="bea@example.com"), person(email="eve@example.com")
    token = invitation(bea).rsplit("/", 1)[1]
    assert Client().get(invitation(eve).rsplit("/", 1)[0] + "/" + token).status_code == 410
    bea.is_active = False
    bea.save()
    assert Client().get(invitation(bea)).status_code == 410


def test_choosing_a_password_by_link_ends_the_sessions_of_before(signed_in, workspace):
    old = signed_in(Role.ANALYST)
    Client().post(invitation(old.person), {"name": "Bea", "password": PASSWORD})
    assert old.get("/account/").status_code == 302


def test_a_person_ends_another_browser_of_the_own_and_no_one_elses(person, workspace):
    person(Role.ANALYST, email="ada@example.com")
    person(Role.ANALYST, email="bea@example.com")
    here, there, hers = Client(), Client(), Client()
    for client, email in ((here, "ada@example.com"), (there, "ada@example.com"), (hers, "bea@example.com")):
        try_in(client, email, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
    page = here.get("/account/").text
    assert page.count("Firefox, Windows") == 2
    marks = re.findall(r"/account/sessions/(\w+)/end", page)
    assert len(marks) == 1
    assert hers.post(f"/account/sessions/{marks[0]}/end").status_code == 404
    assert here.post(f"/account/sessions/{marks[0]}/end").status_code == 302
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_a_session_key_is_not_shown(signed_in, workspace):
    client = signed_in(Role.ANALYST)
    assert UserSession.objects.get().session_key not in client.get("/account/").text


def test_changing_the_password_keeps_this_browser_and_ends_the_others(signed_in, workspace):
    here = signed_in(Role.ANALYST)
    there = Client()
    there.force_login(here.person)
    wrong = here.post("/account/password", {"present": "no", "password": "four boats for Bari"})
    assert wrong.status_code == 200
    right = here.post("/account/password", {"present": PASSWORD, "password": "four boats for Bari"})
    assert right.status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302


def test_signing_in_gives_a_new_session_key(person, client, workspace):
    person(Role.ANALYST, email="ada@example.com")
    client.session["before"] = 1
    before = client.session.session_key
    try_in(client, "ada@example.com")
    assert client.session.session_key != before


def test_the_start_is_the_first_page_that_one_may_open(signed_in, workspace):
    assert signed_in(Role.EMPLOYEE).get("/account/start").url == "/pay/mine/"
    assert signed_in(Role.OWNER).get("/account/start").url == "/"
    assert signed_in(Role.DATA_PROTECTION).get("/account/start").url in {"/customers/", "/data/", "/audit/"}


@pytest.mark.parametrize(("spoken", "words"), [("it", "Accedi"), ("en", "Sign in"), ("de", "Accedi")])
def test_the_sign_in_speaks_the_browsers_language_else_the_companys(client, db, spoken, words):
    assert f"<h1>{words}</h1>" in client.get("/account/sign-in", headers={"Accept-Language": spoken}).text


def test_the_chosen_language_stays_in_the_cookie_and_with_the_person(signed_in, workspace):
    client = signed_in(Role.HR)
    client.post("/account/language", {"language": "en", "next": "/account/"})
    client.person.refresh_from_db()
    assert client.person.language == "en"
    assert client.cookies[django_settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert client.post("/account/language", {"language": "xx"}).status_code == 302
    client.person.refresh_from_db()
    assert client.person.language == "en"
