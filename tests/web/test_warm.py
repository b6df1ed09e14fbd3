"""The warm-up asks what the journey page asks, and harms nobody."""

import pytest
from tests.store.tiny import bring, folded, seen

from viaggio.store import readings
from viaggio.store.memory import Memory
from viaggio.store.workspace import Workspace
from viaggio.web.shared.roles import Role
from viaggio.web.warm import WarmUp, pages


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    monkeypatch.setattr(readings, "_rows", Memory(512))
    monkeypatch.setattr(readings, "_memory", Memory(4096))


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.ANALYST, Role.CX_MANAGER])
def test_after_it_the_journey_page_has_nothing_left_to_ask(
    workspace: Workspace, signed_in, role, monkeypatch
):
    bring(workspace, [seen(str(n), n * 1440, email=f"{n}@x.it") for n in range(40)])
    folded(workspace)
    assert list(pages())[:2] == ["", ""]
    asked: list[object] = []
    whole = readings._asked
    monkeypatch.setattr(readings, "_asked", lambda *given: asked.append(given) or whole(*given))
    assert signed_in(role).get("/").status_code == 200
    assert asked == []


def test_it_passes_over_a_workspace_without_data(workspace: Workspace):
    assert list(pages()) == []


def test_it_ends_quietly_where_there_is_no_workspace(settings, caplog):
    settings.WORKSPACE_ROOT = None
    thread = WarmUp()
    thread.run()
    assert not caplog.records


def test_a_fault_ends_it_and_nothing_else(monkeypatch, caplog):
    def broken():
        raise RuntimeError("as asked")

    monkeypatch.setattr("viaggio.web.warm.pages", broken)
    WarmUp().run()
    assert [record.levelname for record in caplog.records if record.levelno > 10] == []


def test_told_to_stop_it_asks_one_page_at_most(monkeypatch):
    asked = []

    def many():
        for n in range(9):
            asked.append(n)
            yield str(n)

    monkeypatch.setattr("viaggio.web.warm.pages", many)
    thread = WarmUp()
    thread.stop()
    thread.run()
    assert asked == [0]
