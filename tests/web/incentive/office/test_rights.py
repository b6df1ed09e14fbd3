"""Who may open the office's pages, and who gets nothing."""

import pytest
from tests.web.incentive.office.conftest import signed

from viaggio.web.shared.roles import RIGHTS, Right, Role

pytestmark = pytest.mark.django_db

READ = {
    "/pay/plans/": Right.SEE_PLANS,
    "/pay/plans/new/": Right.DESIGN_PLANS,
    "/pay/plans/SMALL-2026/1/": Right.SEE_PLANS,
    "/pay/plans/SMALL-2026/1/simulator": Right.SEE_PLANS,
    "/pay/runs/": Right.SEE_PLANS,
    "/pay/flags/": Right.DECIDE_HOLDS,
    "/pay/staff/": Right.MANAGE_STAFF,
    "/pay/staff/import": Right.MANAGE_STAFF,
    "/pay/staff/P01/": Right.MANAGE_STAFF,
}
WRITE = {
    "/pay/plans/check": Right.DESIGN_PLANS,
    "/pay/runs/new": Right.RUN_INCENTIVES,
}


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_what_its_rights_say_and_no_more(published, company, person, role):
    client = signed(person(role, email="who@example.com"))
    opened = {path: client.get(path).status_code for path in READ}
    assert opened == {path: 200 if right in RIGHTS[role] else 403 for path, right in READ.items()}
    sent = {path: client.post(path, {"source": "x"}).status_code for path in WRITE}
    forbidden = {path: code for path, code in sent.items() if WRITE[path] not in RIGHTS[role]}
    assert set(forbidden.values()) <= {403}


def test_who_may_only_read_gets_no_buttons(run, person):
    client = signed(person(Role.WORKS_COUNCIL, email="rsu@example.com"))
    plan = client.get("/pay/plans/SMALL-2026/1/").content.decode()
    shown = client.get(f"/pay/runs/{run.code}/").content.decode()
    assert [f'value="{verb}"' in plan for verb in ("close", "new_version")] == [False, False]
    assert [f'value="{verb}"' in shown for verb in ("approve", "publish", "correct")] == [False] * 3
    assert "P00" not in shown


def test_a_works_council_can_not_move_money(run, person):
    client = signed(person(Role.WORKS_COUNCIL, email="rsu@example.com"))
    assert client.post(f"/pay/runs/{run.code}/move", {"verb": "approve"}).status_code == 403
    assert client.post("/pay/plans/SMALL-2026/1/move", {"verb": "close"}).status_code == 403
    run.refresh_from_db()
    assert run.state == "calculated"
