"""Error pages say what happened and the next step; health answers; settings hold in production."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from django.test import Client
from django.urls import get_resolver, path, reverse

from viaggio.web.serve import FIRST_RUN
from viaggio.web.shared.permissions import open_to_all
from viaggio.web.shared.roles import Role

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("language", "words"), [("it", "Il guasto è nostro"), ("en", "The fault is on our side")]
)
def test_a_fault_of_ours_is_said_to_be_ours(signed_in, settings, language, words):
    @open_to_all
    def breaks(_request):
        raise RuntimeError("planted")

    module = ModuleType("planted")
    module.urlpatterns = [path("planted", breaks), *get_resolver().url_patterns]
    module.handler500 = "viaggio.web.shared.views.broken"
    settings.ROOT_URLCONF = module
    client = signed_in(Role.OWNER, language=language)
    client.raise_request_exception = False
    answer = client.get("/planted")
    assert answer.status_code == 500
    assert words in answer.text
    assert f'lang="{language}"' in answer.text
    assert "planted" not in answer.text


def test_a_refusal_and_a_missing_page_lead_on(signed_in, workspace):
    client = signed_in(Role.EMPLOYEE, language="en")
    refused, missing = client.get("/people/"), client.get("/nowhere")
    assert (refused.status_code, missing.status_code) == (403, 404)
    assert "ask the person who manages people and roles" in refused.text
    assert "There is nothing at this address" in missing.text
    for answer in (refused, missing):
        assert "/account/start" in answer.text


def test_health_answers_everybody(db):
    answer = Client().get("/health")
    assert answer.json()["status"] == "ok"


def test_the_navigation_shows_only_what_one_may_open(signed_in, workspace):
    page = signed_in(Role.ANALYST).get("/account/").text
    assert 'href="/"' in page
    assert 'href="/people/"' not in page
    assert 'href="/audit/"' not in page
    assert 'href="/customers/"' not in page


def test_production_settings_pass_djangos_own_check():
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VIAGGIO_")}
    environment |= {"VIAGGIO_HOSTS": "cx.example.com", "PYTHONPATH": str(ROOT / "src")}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # of the browser tests beside this one
    command = [sys.executable, str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


def test_migrations_are_complete():
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, str(ROOT / "manage.py"), "makemigrations", "--check", "--dry-run"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_the_printed_address_of_the_first_run_is_its_page():
    assert reverse("account:first-run") == FIRST_RUN


def test_secrets_are_readable_by_their_owner_only(tmp_path):
    from viaggio.store.workspace import Settings, create

    root = create(tmp_path / "workspace", Settings(name="Officina Blu")).root
    code = "import sys, pathlib, viaggio.web.serve as s; s.prepare(pathlib.Path(sys.argv[1]))"
    code += "; print(s.first_run_path())"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VIAGGIO_")}
    environment["PYTHONPATH"] = str(ROOT / "src")
    command = [sys.executable, "-c", code, str(root)]
    first, second = (
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True) for _ in "12"
    )
    assert first.stdout == second.stdout != "None\n"
    assert {(root / name).stat().st_mode & 0o777 for name in ("secret.key", "records.sqlite3")} == {0o600}
