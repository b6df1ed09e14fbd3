"""A workspace with a door: a write key of the source `site`, messages sent to it, and what the facts say."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from viaggio.store.engine import engine
from viaggio.store.events import seal
from viaggio.store.fold import fold
from viaggio.store.fold.run import FoldedItem
from viaggio.store.workspace import Workspace
from viaggio.web.events.services import door
from viaggio.web.shared.write_keys import issue

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Sender:
    """Sends as a client of Segment's shape does."""

    def __init__(self, workspace: Workspace, key: str) -> None:
        self.workspace = workspace
        self.key = key
        self.basic = f"Basic {b64encode(f'{key}:'.encode()).decode()}"

    def post(self, path: str, body: bytes | dict[str, Any], **headers: str) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = headers.pop("content_type", "application/json")
        return Client().post(f"/v1/{path}", data, content_type=kind, headers=headers)

    def send(self, *messages: dict[str, Any], path: str = "batch", **more: Any) -> Any:
        return self.post(path, {"batch": messages, **more}, Authorization=self.basic)

    def folded(self) -> list[FoldedItem]:
        seal(self.workspace, now=int(NOW.timestamp() * 1_000_000))
        return fold(self.workspace)

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        at = engine(self.workspace)
        found = at.run(getattr(at.tables(), table).select(*columns)).to_pylist()
        return sorted(tuple(row.values()) for row in found)


@pytest.fixture
def sender(workspace: Workspace, db) -> Iterator[Sender]:
    _made, key = issue("site", note="", by="system", now=NOW)
    yield Sender(workspace, key)
    door.close(workspace.root)


@pytest.fixture
def page() -> Callable[..., dict[str, Any]]:
    """A page message: `page("m1", "v1", "Home", "10:05")`."""

    def make(id_: str, visitor: str, name: str, at: str, **more: Any) -> dict[str, Any]:
        said = {"type": "page", "messageId": id_, "anonymousId": visitor, "name": name}
        return {**said, "timestamp": f"2026-03-02T{at}:00.000Z", **more}

    return make
