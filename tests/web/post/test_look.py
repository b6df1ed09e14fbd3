"""How mails and the connections pages look in a real browser: accessible, small, never too wide."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from browser import EVERY_LOOK, serving

from viaggio.store.workspace import Settings, create
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.browser

WEB = Path(__file__).parents[1]
PREPARE = """
import sys
from datetime import timedelta
from pathlib import Path
from viaggio.web.serve import prepare
prepare(Path(sys.argv[1]))
sys.path.insert(0, sys.argv[2])
from django.utils import timezone
import pulses
from pulses import invite, make_pulse
from viaggio.web.pulse.services import links, messages
from viaggio.web.shared.models import Alert, Outgoing, WebhookEndpoint
from viaggio.web.shared.post.suppression import suppress
from viaggio.web.shared.webhooks import new_secret, tell
now = timezone.now()
pulses.NOW = now
pulse = make_pulse()
for language in ("it", "en"):
    known = {"it": {"date": "12 novembre", "touchpoint": "Consegna", "order": "A-77"},
             "en": {"date": "12 November", "touchpoint": "Delivery", "order": "A-77"}}[language]
    made = invite(pulse, language=language, shown=known, sent_at=None, expires_at=now + timedelta(days=14))
    messages.queue_message(made, "invite", now)
    words = messages.mail_of(made)
    (Path(sys.argv[1]) / f"mail-{language}.html").write_text(words.html)
    (Path(sys.argv[1]) / f"path-{language}").write_text(links.mail_path(made))
ends = [("sent", "250 2.0.0 queued"), ("bounced", "550 5.1.1 … user unknown"),
        ("failed", "451 4.3.0 try again"), ("withdrawn", "suppressed_unsubscribed"), ("waiting", "")]
for number, (state, answer) in enumerate(ends):
    made = invite(pulse, sent_at=None, address=f"bianca.rossi{number}@officina.example")
    messages.queue_message(made, "invite", now)
    row = Outgoing.objects.get(key=f"invitation:{made.id}:invite")
    row.state, row.answer, row.tries, row.due_at = state, answer, 1, now + timedelta(days=1)
    row.sent_at = now if state == "sent" else None
    row.save()
WebhookEndpoint.objects.create(url="https://crm.officina.example/viaggio/risposte", secret=new_secret(),
    events=["response.completed", "alert.raised"], note="CRM", created_at=now)
WebhookEndpoint.objects.create(url="https://cruscotto.example/hook", secret=new_secret(), active=False,
    previous_secret=new_secret(), events=["alert.raised"], created_at=now)
for number in range(3):
    tell("response.completed", f"r_{number}", {}, now)
Outgoing.objects.filter(key="webhook:1:r_0").update(state="sent", answer="200", tries=1, sent_at=now)
Outgoing.objects.filter(key="webhook:1:r_1").update(state="failed", answer="TimeoutError", tries=14)
Outgoing.objects.filter(key="webhook:1:r_2").update(due_at=now + timedelta(hours=2), tries=3, answer="503")
for number, kind in enumerate(["unsubscribed"] * 7 + ["bounced"] * 4 + ["by_hand"]):
    suppress(f"a{number}@example.com", kind, origin="test", now=now)
Alert.objects.create(key="k", kind="score.worsened", raised_at=now, data={"reading": {"metric": "nps"},
    "of": {}, "names": {"it": "Consegna del corriere", "en": "Courier's delivery"}, "path": "/scores/"})
"""
CONNECTIONS = """
address = "https://ascolto.officina.example"
[mail]
server = "smtps://viaggio:secret@127.0.0.1:1"
from = "Officina Blu <ciao@officina.example>"
[sms]
url = "https://gateway.example/v1/messages"
"""


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    root = create(tmp_path_factory.mktemp("post") / "workspace", Settings(name="Officina Blu")).root
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("VIAGGIO_", "DJANGO_"))}
    environment = kept | {"PYTHONPATH": str(WEB.parents[1] / "src")}
    subprocess.run(
        [sys.executable, "-c", PREPARE, str(root), str(WEB)], check=True, env=environment, timeout=120
    )
    (root / "connections.toml").write_text(CONNECTIONS)
    with serving(root) as running:
        yield running


LOOKS = [("it", "light", 1440), ("en", "dark", 1440), ("it", "dark", 390), ("en", "light", 390)]
PAGE_LOOKS = LOOKS if EVERY_LOOK else LOOKS[2:3]
MAIL_LOOKS = LOOKS if EVERY_LOOK else LOOKS[1:3]


@pytest.mark.parametrize(("language", "theme", "width"), PAGE_LOOKS)
@pytest.mark.parametrize("path", ["", "log/", "webhooks/new/", "webhooks/1/", "webhooks/2/", "alerts/"])
def test_a_page_is_accessible_and_never_too_wide(
    here, visit, audit_page, screenshot, path, language, theme, width
):
    page = visit(here, Role.CX_MANAGER, f"/connections/{path}", language=language, theme=theme, width=width)
    assert page.faults == []
    assert audit_page(page) == []
    name = path.strip("/").replace("/", "-") or "home"
    screenshot(page, f"connections-{name}-{language}-{theme}-{width}")
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(("language", "theme", "width"), MAIL_LOOKS)
def test_a_mail_in_a_mail_program_is_readable(here, chromium, audit_page, screenshot, language, theme, width):
    """What a mail program shows: styles on the elements, no rule about where they come from."""
    window = chromium.new_context(viewport={"width": width, "height": 700}, color_scheme=theme)
    page = window.new_page()
    page.set_content((here.root / f"mail-{language}.html").read_text())
    assert audit_page(page) == []
    taps = page.locator("a[aria-label]")
    assert taps.count() == 11
    assert all(taps.nth(n).bounding_box()["height"] >= 40 for n in range(11))
    assert all(taps.nth(n).bounding_box()["width"] >= 24 for n in range(11))
    screenshot(page, f"mail-{language}-{theme}-{width}")
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert all(taps.nth(n).bounding_box()["width"] >= 24 for n in range(11))
    window.close()


@pytest.mark.parametrize(("language", "theme", "width"), MAIL_LOOKS)
def test_the_mail_as_a_page_looks_the_same(here, visit, audit_page, screenshot, language, theme, width):
    path = (here.root / f"path-{language}").read_text()
    page = visit(here, None, path, language=language, theme=theme, width=width)
    assert page.faults == []
    assert audit_page(page) == []
    assert page.locator("a[aria-label]").count() == 11
    screenshot(page, f"mail-page-{language}-{theme}-{width}")


def test_a_dark_mail_is_dark(here, chromium):
    for theme, paper in (("light", "rgb(250, 247, 241)"), ("dark", "rgb(16, 25, 30)")):
        window = chromium.new_context(color_scheme=theme)
        page = window.new_page()
        page.set_content((here.root / "mail-it.html").read_text())
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
        window.close()
