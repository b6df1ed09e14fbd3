"""Keep the vendored files as they were published: `vendor.py refresh` fetches, `vendor.py check` compares.

`vendor.toml` says which package, version and licence, and which of its files go where; `vendor.lock` holds
the SHA-256 of each kept file and the package's published SHA-512. `check` needs no network and exits with 1
when a file is missing, changed or not declared.
"""

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from base64 import b64encode
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "vendor.lock"
SPRITE = "sprite.svg"

Package = dict[str, Any]


def packages() -> list[Package]:
    """The packages that vendor.toml declares."""
    declared: list[Package] = tomllib.loads((ROOT / "vendor.toml").read_text())["package"]
    return declared


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _kept_names(package: Package) -> list[str]:
    return [*package["files"].values(), *([SPRITE] if "sprite" in package else [])]


def _symbol(name: str, svg: str) -> str:
    body = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    inner = body[body.index(">", body.index("<svg")) + 1 : body.rindex("</svg>")]
    return f'<symbol id="{name}" viewBox="0 0 24 24">{re.sub(r"\s*\n\s*", "", inner)}</symbol>'


def _write_sprite(package: Package, source: Path, target: Path) -> None:
    symbols = [_symbol(name, (source / "icons" / f"{name}.svg").read_text()) for name in package["sprite"]]
    note = f"<!-- lucide-static {package['version']}, ISC licence, see LICENSE -->"
    lines = [f'{note}\n<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>\n"]
    target.write_text("\n".join(lines))


def _fetch(package: Package, folder: Path) -> tuple[Path, str]:
    """Unpack the published package below `folder`; returns its root and its SHA-512 as npm states it."""
    wanted = f"{package['name']}@{package['version']}"
    stated = subprocess.run(
        ["npm", "view", wanted, "dist.integrity", "license", "--json"],
        check=True,
        capture_output=True,
        text=True,
    )
    facts = json.loads(stated.stdout)
    if facts["license"] != package.get("stated", package["licence"]):
        sys.exit(f"{wanted} is under {facts['license']}, vendor.toml allows {package['licence']}.")
    packed = subprocess.run(
        ["npm", "pack", wanted, "--silent"], check=True, capture_output=True, text=True, cwd=folder
    )
    archive = folder / packed.stdout.strip().splitlines()[-1]
    digest = "sha512-" + b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != facts["dist.integrity"]:
        sys.exit(f"{wanted}: the archive does not match its published hash.")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / "package", digest


def refresh() -> int:
    """Fetch every declared package, copy its declared files and write the lock; returns the exit code."""
    lock = {}
    for package in packages():
        into = ROOT / package["into"]
        into.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            source, digest = _fetch(package, Path(folder))
            for name, kept in package["files"].items():
                (into / kept).write_bytes((source / name).read_bytes())
            if "sprite" in package:
                _write_sprite(package, source, into / SPRITE)
        lock[package["name"]] = {
            "version": package["version"],
            "licence": package["licence"],
            "integrity": digest,
            "files": {f"{package['into']}/{kept}": _sha256(into / kept) for kept in _kept_names(package)},
        }
    LOCK.write_text(json.dumps(lock, indent=2, sort_keys=True) + "\n")
    return check()


def faults() -> list[str]:
    """What differs between vendor.toml, vendor.lock and the kept files, one sentence each."""
    lock = json.loads(LOCK.read_text())
    found = []
    for package in packages():
        locked = lock.get(package["name"], {})
        if locked.get("version") != package["version"] or locked.get("licence") != package["licence"]:
            found.append(
                f"{package['name']}: vendor.toml and vendor.lock differ; run tools/vendor.py refresh."
            )
            continue
        if not any(kept.startswith("LICENSE") for kept in package["files"].values()):
            found.append(f"{package['name']}: its licence text is not kept.")
        hashes: dict[str, str] = locked["files"]
        on_disk = {p.relative_to(ROOT).as_posix() for p in (ROOT / package["into"]).rglob("*") if p.is_file()}
        found += [f"{name} is in no package of vendor.toml." for name in sorted(on_disk - set(hashes))]
        found += [f"{name} is missing." for name in sorted(set(hashes) - on_disk)]
        found += [
            f"{name} was changed after it was fetched."
            for name in sorted(set(hashes) & on_disk)
            if _sha256(ROOT / name) != hashes[name]
        ]
    return found


def check() -> int:
    """Print the faults; returns 1 when there are any."""
    found = faults()
    for fault in found:
        print(fault)
    print(f"vendored packages: {len(packages())}, faults: {len(found)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(refresh() if sys.argv[1:] == ["refresh"] else check())
