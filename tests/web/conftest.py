"""Fixtures of the web tests: a workspace and people of every role; a real browser is in `browser.py`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from postgres import postgres_server

from viaggio.store.workspace import Settings, Workspace, create
from viaggio.web.shared.models import User
from viaggio.web.shared.roles import Role

__all__ = ["postgres_server"]

PASSWORD = "tre treni per Trieste"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Argon2 is slow on purpose; tests of pages need no strong hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def workspace(tmp_path: Path, settings) -> Workspace:
    """An empty workspace that the pages of this test show."""
    made = create(tmp_path / "workspace", Settings(name="Officina Blu"))
    settings.WORKSPACE_ROOT = made.root
    return made


@pytest.fixture
def person(db) -> Callable[..., User]:
    """Makes people: `person(Role.ANALYST, email=...)`."""

    def make(*roles: Role, email: str = "", **fields) -> User:
        fields.setdefault("name", "Ada Neri")
        if Role.HEAD_OF_FUNCTION in roles:
            fields.setdefault("function", "logistics")
        address = email or f"{'-'.join(roles) or 'nobody'}@example.com"
        return User.objects.create_user(address, PASSWORD, roles=[str(role) for role in roles], **fields)

    return make


@pytest.fixture
def signed_in(person) -> Callable[..., Client]:
    """A client signed in as a person of these roles; `client.person` is that person."""

    def make(*roles: Role, **fields) -> Client:
        client = Client()
        client.person = person(*roles, **fields)  # type: ignore[attr-defined]  # handy in tests
        client.force_login(client.person)
        return client

    return make
