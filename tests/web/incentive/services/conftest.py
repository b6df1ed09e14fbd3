"""The sample company with staff and people who handle pay."""

import pytest
from tests.web.incentive import staged as making
from tests.web.journey.conftest import company, company_root

__all__ = ["company", "company_root"]


@pytest.fixture
def office(company, person) -> making.Office:
    """The people who handle the plan, in the sample company."""
    return making.handlers(person)


@pytest.fixture
def staffed(office):
    """The same with employees."""
    making.people(office)
    return office
