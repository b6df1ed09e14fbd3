import pytest
from tests.web.pulse.fielding.company import DAY, NOON, customers, orders

from viaggio.store.workspace import Workspace
from viaggio.web.pulse.services.versions import forget
from viaggio.web.shared.models import User
from viaggio.web.shared.roles import Role


@pytest.fixture(autouse=True)
def read_again():
    """Versions of a test that is over are not those of the next."""
    forget()


@pytest.fixture
def manager(person) -> User:
    return person(Role.CX_MANAGER)


@pytest.fixture
def shop(workspace: Workspace) -> Workspace:
    """Twelve customers, twelve deliveries three days ago."""
    customers(workspace, 12)
    orders(workspace, {f"O{n}": (n, NOON - 3 * DAY) for n in range(1, 13)})
    return workspace
