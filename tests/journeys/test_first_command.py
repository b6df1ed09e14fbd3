"""The newcomer's first command: the sample company is built, served, and lets its people in."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_first_command_ends_with_a_page_that_shows_the_journey(tmp_path):
    port, folder = 8791, tmp_path / "demo"
    command = [sys.executable, "-m", "viaggio.cli", "demo", "--folder", str(folder), "--scale", "3000"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("VIAGGIO_", "DJANGO_"))}
    log = tmp_path / "log"
    with log.open("wb") as out:
        running = subprocess.Popen(
            [*command, "--port", str(port)],
            env=environment | {"PYTHONPATH": str(ROOT / "src")},
            stdout=out,
            stderr=out,
        )
    try:
        address = f"http://localhost:{port}"
        _wait(f"{address}/health", running, log)
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = opener.open(f"{address}/account/sign-in").read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        told = log.read_text()
        email = re.search(r"\S+@officinablu\.example", told)
        password = re.search(r"password (\S+):", told)
        assert None not in {token, email, password}, told
        name = re.search(r'<input type="email" name="(\w+)"', page)
        form = {
            "csrfmiddlewaretoken": token[1],
            (name[1] if name else "email"): email[0],
            "password": password[1],
        }
        asked = urllib.request.Request(
            f"{address}/account/sign-in", data=urlencode(form).encode(), headers={"Referer": address}
        )
        home = opener.open(asked)
        assert home.status == 200
        text = opener.open(f"{address}/").read().decode()
        assert "Il viaggio del cliente" in text
        assert "Scoperta" in text
    finally:
        running.terminate()
        running.wait(20)


def _wait(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert running.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(log.read_text())
