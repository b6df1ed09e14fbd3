"""Mail servers that encrypt: the certificate is checked, and nothing is said in the open before."""

import base64
import shutil
import ssl
import subprocess
from datetime import UTC, datetime

import pytest
from receivers import Mailbox, smtp_server

from viaggio.web.shared.models import Outgoing
from viaggio.web.shared.post import queue
from viaggio.web.shared.post.setup import connections
from viaggio.web.shared.post.worker import send_due
from viaggio.web.shared.worker import worker_name

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost that signs itself, made by openssl."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    folder = tmp_path_factory.mktemp("tls")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def send(connect, box: Mailbox, scheme: str) -> Outgoing:
    connect(
        f'[mail]\nserver = "{scheme}://ada:se%3Agreto@localhost:{box.port}"\nfrom = "ciao@officina.example"\n'
    )
    queue.post("mail", "test:1", to="a@b.example", payload={"subject": "x", "text": "y"}, due_at=NOW, now=NOW)
    send_due("mail", worker_name(), connections(), clock=lambda: NOW)
    return Outgoing.objects.get()


def box_of(certificate, encryption: str) -> Mailbox:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return Mailbox(encryption=encryption, tls=context)


@pytest.mark.parametrize(("scheme", "encryption"), [("smtps", "tls"), ("smtp", "starttls")])
def test_mail_goes_over_an_encrypted_line_with_user_and_password(
    db, connect, certificate, monkeypatch, scheme, encryption
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    with smtp_server(box_of(certificate, encryption)) as box:
        assert send(connect, box, scheme).state == "sent"
    assert len(box.mails) == 1
    said = base64.b64decode(box.sign_ins[0].rpartition(" ")[2])
    assert said == b"\0ada\0se:greto"


@pytest.mark.parametrize(("scheme", "encryption"), [("smtps", "tls"), ("smtp", "starttls")])
def test_a_certificate_that_nobody_vouches_for_gets_no_password_and_no_mail(
    db, connect, certificate, scheme, encryption
):
    with smtp_server(box_of(certificate, encryption)) as box:
        row = send(connect, box, scheme)
    assert (row.state, box.mails, box.sign_ins) == ("waiting", [], [])
    assert "SSL" in row.answer


def test_a_server_without_encryption_gets_nothing_unless_a_setting_allows_it(db, connect):
    with smtp_server() as box:
        row = send(connect, box, "smtp")
    assert (row.state, box.mails, box.sign_ins) == ("waiting", [], [])
