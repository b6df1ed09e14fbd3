"""Fixtures of the post: a mail server, a receiver, and a workspace whose connections lead to them."""

from collections.abc import Callable

import pytest
from receivers import Mailbox, Receiver, http_receiver, smtp_server

from viaggio.web.pulse.services import versions


@pytest.fixture(autouse=True)
def fresh_questionnaires():
    versions.forget()
    yield
    versions.forget()


@pytest.fixture
def mailbox():
    with smtp_server() as box:
        yield box


@pytest.fixture
def receiver():
    with http_receiver() as it:
        yield it


@pytest.fixture
def connect(workspace) -> Callable[[str], None]:
    """Writes `connections.toml` of the test's workspace."""

    def write(text: str) -> None:
        (workspace.root / "connections.toml").write_text(text, encoding="utf-8")

    return write


@pytest.fixture
def connected(connect, mailbox: Mailbox, receiver: Receiver) -> None:
    """Mail goes to the test's mail server, SMS to its receiver, webhooks may go inside."""
    connect(
        'address = "https://ascolto.example.com"\n'
        f'[mail]\nserver = "smtp://127.0.0.1:{mailbox.port}?tls=none"\n'
        'from = "Officina Blu <ciao@officina.example>"\nrate = 1000\n'
        f'[sms]\nurl = "{receiver.url}/sms"\nid = "messages.0.id"\nrate = 1000\n'
        'body = {to = "{to}", text = "{text}", ref = "{id}"}\n'
        'taken = {field = "status", values = ["queued"]}\n'
        'dead = {field = "code", values = ["21211"]}\n'
        "[webhooks]\ninside = true\nrate = 1000\n"
    )
