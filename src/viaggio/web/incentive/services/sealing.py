"""Who a pseudonym is for pay-roll, encrypted with a key that is never in the database.

The key is in VIAGGIO_PAYROLL_KEY, else in the file `payroll.key` of the workspace, which is made on first use
and read by its owner only. Whoever loses it can not read the identities any more.
"""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from viaggio.web.incentive.services.errors import NoKey
from viaggio.web.incentive.services.identity import Identity
from viaggio.web.shared.workspace import workspace

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

VARIABLE = "VIAGGIO_PAYROLL_KEY"
FILE = "payroll.key"


def seal(identity: Identity) -> bytes:
    """The identity encrypted. Raises `NoKey`."""
    data = {
        "payroll_id": identity.payroll_id, "name": identity.name, "cost_centre": identity.cost_centre,
    }  # fmt: skip
    return _fernet(make=True).encrypt(json.dumps(data, ensure_ascii=False).encode())


def unseal(sealed: bytes | memoryview) -> Identity:
    """The identity again. Raises `NoKey` without the key that it was sealed with."""
    from cryptography.fernet import InvalidToken

    try:
        data = json.loads(_fernet(make=False).decrypt(bytes(sealed)))
    except InvalidToken as error:
        raise NoKey("this key does not open the pay-roll identities", place=FILE,
                    hint=f"Use the key that sealed them, in {VARIABLE} or {FILE}.") from error  # fmt: skip
    return Identity(**data)


def _fernet(*, make: bool) -> "Fernet":
    from cryptography.fernet import Fernet

    key = os.environ.get(VARIABLE, "").encode() or _from_file(workspace().root / FILE, make=make)
    try:
        return Fernet(key)
    except ValueError as error:
        raise NoKey("the pay-roll key is no key", place=VARIABLE,
                    hint="Write 32 bytes in URL-safe Base64.") from error  # fmt: skip


def _from_file(path: Path, *, make: bool) -> bytes:
    """The key in the workspace's file; made once, for its owner only, when something is to be sealed."""
    from cryptography.fernet import Fernet

    if path.is_file():
        return path.read_bytes().strip()
    if not make:
        raise NoKey("the pay-roll key is not here", place=path.name, hint=f"Put it back, or set {VARIABLE}.")
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(Fernet.generate_key())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)  # whoever is first makes the key; nobody overwrites it
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    return path.read_bytes().strip()
