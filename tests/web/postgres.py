"""A throw-away PostgreSQL server for tests.

`postgres_server` is its address for VIAGGIO_DATABASE. An existing server named in VIAGGIO_TEST_DATABASE is
used instead; it must allow making databases. Without either the test is skipped, unless
VIAGGIO_NEEDS_POSTGRES is set.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DEBIAN = Path("/usr/lib/postgresql")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server that this session may fill."""
    if named := os.environ.get("VIAGGIO_TEST_DATABASE"):
        yield named
        return
    programs = find_programs()
    if programs is None:
        if os.environ.get("VIAGGIO_NEEDS_POSTGRES"):
            pytest.fail("PostgreSQL is needed: install it or name a server in VIAGGIO_TEST_DATABASE.")
        pytest.skip("no PostgreSQL here; name a server in VIAGGIO_TEST_DATABASE")
    with running(programs) as address:
        yield address


@contextmanager
def running(programs: Path, *, durable: bool = False) -> Iterator[str]:
    """A server of its own, gone at the end; its address. Unless `durable` it leaves the disk out."""
    folder = Path(tempfile.mkdtemp(prefix="viaggio-pg-"))
    data = folder / "data"
    whose = _somebody_else(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    try:
        _run(
            [programs / "initdb", "-D", data, "-A", "trust", "-U", "viaggio", "-E", "UTF8", "--no-sync"],
            whose,
        )
        fsync = "on" if durable else "off"
        settings = (
            f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync={fsync} -c max_connections=200"
        )
        _run([programs / "pg_ctl", "-D", data, "-o", settings, "-l", folder / "log", "-w", "start"], whose)
        try:
            yield f"postgresql://viaggio@127.0.0.1:{port}/postgres"
        finally:
            _run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], whose)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_programs() -> Path | None:
    """The folder of PostgreSQL's programs: on the path, or where Debian keeps the newest version."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


def _somebody_else(folder: Path) -> dict[str, str]:
    """PostgreSQL refuses to run as root: then folder and server belong to somebody with fewer rights."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, found.pw_uid, found.pw_gid)
        return {"user": name, "group": str(found.pw_gid)}
    if os.environ.get("VIAGGIO_NEEDS_POSTGRES"):
        pytest.fail("PostgreSQL does not run as root: make a user such as postgres.")
    pytest.skip("PostgreSQL does not run as root, and there is nobody else")


def _run(command: list[object], whose: dict[str, str]) -> None:
    given = {"user": whose["user"], "group": int(whose["group"]), "extra_groups": []} if whose else {}
    done = subprocess.run(
        [str(part) for part in command], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, cwd="/", env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        timeout=120, **given,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
