"""Where records are kept: each of these tests runs on SQLite and on PostgreSQL."""

import os
from collections.abc import Iterator, Mapping
from uuid import uuid4

import pytest
from tests.faults.served import database
from tests.web.postgres import postgres_server

__all__ = ["postgres_server"]


@pytest.fixture(params=["sqlite", "postgresql"])
def records(request: pytest.FixtureRequest) -> Iterator[Mapping[str, str]]:
    """What is added to the environment of programs that shall keep their records there.

    On PostgreSQL two processes serve, as where it is worth its while.
    """
    if request.param == "sqlite":
        yield {}
        return
    server = request.getfixturevalue("postgres_server")
    with database(server, f"faults_{uuid4().hex[:12]}") as address:
        yield {"VIAGGIO_DATABASE": address, "VIAGGIO_PROCESSES": "2"}


@pytest.fixture
def whole() -> bool:
    """Whether the suites run at the size that is promised (`just faults`), not at the gate's."""
    return os.environ.get("VIAGGIO_FAULTS") == "whole"
