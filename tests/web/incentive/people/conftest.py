"""The sample company with a settled quarter, whose people can sign in and read their statements."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.web.incentive import staged as making
from tests.web.journey.conftest import company, company_root

from viaggio.web.incentive.models import Employee, Run
from viaggio.web.shared.models import User
from viaggio.web.shared.roles import Role

__all__ = ["company", "company_root"]


@dataclass
class Settled:
    """A company with a published run; `client(pseudonym)` is signed in as that employee."""

    office: making.Office
    run: Run
    person: Any
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, pseudonym: str, *roles: Role, language: str = "en") -> Client:
        """Signed in as an employee, with the role of an employee unless others are named."""
        if pseudonym not in self.clients:
            employee = Employee.objects.get(pseudonym=pseudonym)
            made = self.person(
                *(roles or (Role.EMPLOYEE,)), email=f"{pseudonym}@example.com", language=language
            )
            employee.user = made
            employee.save()
            self.clients[pseudonym] = signed_in(made)
        return self.clients[pseudonym]

    def as_role(self, *roles: Role) -> Client:
        """Signed in as somebody with these roles who is no employee."""
        return signed_in(self.person(*roles, email=f"{'-'.join(roles)}-only@example.com", language="en"))

    def path(self, tail: str = "") -> str:
        """The own statement of the run."""
        return f"/pay/mine/{self.run.code}/{tail}"


def signed_in(user: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def settled(company, person) -> Settled:
    """The first quarter, published just now, so that its window is open."""
    office = making.handlers(person)
    making.people(office)
    run = making.paid(making.published(office), office, now=timezone.now())
    return Settled(office, run, person)
