"""A small company with a plan, written by one person and approved by another."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from viaggio.web.incentive.models import PlanVersion
from viaggio.web.incentive.services import plans
from viaggio.web.incentive.services.plan_example import nine_functions
from viaggio.web.shared.models import User
from viaggio.web.shared.roles import Role

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def author(person: Callable[..., User]) -> User:
    return person(Role.HR, email="autrice@example.com", name="Irene Autrice", language="en")


@pytest.fixture
def approver(person: Callable[..., User]) -> User:
    return person(Role.APPROVER, email="chi-approva@example.com", name="Aldo Approva", language="en")


@pytest.fixture
def draft(workspace, author: User) -> PlanVersion:
    """The example with nine functions, as a draft."""
    return plans.create(
        nine_functions("SHARED-2027", 2027), by=author, now=NOW, parts=4,
        name={"it": "Premio condiviso 2027", "en": "Shared incentive 2027"},
    )  # fmt: skip
