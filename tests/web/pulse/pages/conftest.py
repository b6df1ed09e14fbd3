"""A small shop with a pulse that has drawn, and the clock of the day on which it did."""

import pytest
from tests.web.pulse.fielding.company import DAY, NOON, answered, bring, customers, facts, orders, running

from viaggio.store.workspace import Workspace
from viaggio.web.pulse.models import Invitation, Pulse
from viaggio.web.pulse.services.schedule import tick
from viaggio.web.pulse.services.versions import forget
from viaggio.web.shared.models import User
from viaggio.web.shared.roles import Role

TOUCHPOINTS = (("delivery", "logistics"), ("invoice", "billing"))


@pytest.fixture(autouse=True)
def read_again():
    """Versions of a test that is over are not those of the next."""
    forget()


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    """The pages' clock stands at the noon on which the shop's pulse draws."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + DAY)


@pytest.fixture
def manager(person) -> User:
    return person(Role.CX_MANAGER, email="ada@example.com", language="en")


@pytest.fixture
def shop(workspace: Workspace) -> Workspace:
    """Thirty customers who were delivered to three days ago; five of them said no to surveys."""
    customers(workspace, 30)
    bring(workspace, "touchpoints", [
        {"id": slug, "name_it": slug, "name_en": slug, "phase": "purchase", "moment": "after",
         "owner_function": function}
        for slug, function in TOUCHPOINTS
    ])  # fmt: skip
    bring(workspace, "consents", [
        {"id": f"no{n}", "customer_number": f"C{n}", "purpose": "survey", "granted": False,
         "stated_at": int((NOON - 100 * DAY).timestamp() * 1e6)}
        for n in range(1, 6)
    ])  # fmt: skip
    orders(workspace, {f"O{n}": (n, NOON - 3 * DAY) for n in range(1, 31)})
    return workspace


@pytest.fixture
def pulse(shop: Workspace, manager: User) -> Pulse:
    """A pulse about deliveries that has asked 25 people: 12 answered, 2 in part, one refused."""
    made = running(manager, trigger={"event": "delivery", "delay_hours": 24, "touchpoints": ["delivery"]})
    tick(NOON)
    asked = list(Invitation.objects.order_by("about").select_related("pulse", "wave"))
    Invitation.objects.update(sent_at=NOON)
    for place, invitation in enumerate(asked[:14]):
        why = {"why": f"Chiamate il numero 333 12345{place:02d}"} if place % 2 else {}
        answered(invitation, {"recommend": [10, 9, 8, 3][place % 4], **why}, at=NOON, complete=place < 12)
    refused = asked[14]
    refused.outcome, refused.ended_at, refused.change = "refused", NOON, refused.change + 1
    refused.save()
    tick(NOON + DAY / 2)
    facts(shop)
    return made
