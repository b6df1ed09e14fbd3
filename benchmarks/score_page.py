"""How long the server takes for the score page: `python benchmarks/score_page.py 5000000`.

A small sample company is folded; its answer index is then replaced by one of so many answers, made as
`benchmarks/scores.py` does, with the company's own touchpoints, channels and phases. The page is asked for by
a signed-in owner, in one process, as a browser would: the first after the facts changed; then once with each
of many filters that nobody had asked for; then the same again; both alone and together. Prints median, 95th
percentile and worst.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from scores import make

SMALL = 20_000  # interactions of the company


def company(folder: Path) -> Path:
    """A folded workspace of the sample company."""
    from viaggio.demo import generate
    from viaggio.store.fold import fold
    from viaggio.store.intake import land_recipe
    from viaggio.store.workspace import Settings, create

    made = create(folder / "workspace", Settings(name="Officina Blu"))
    generate(folder / "raw", scale=SMALL, seed=7, end=date(2026, 10, 1))
    for source in sorted(path for path in (folder / "raw").iterdir() if path.is_dir()):
        files = {path.name: path for path in sorted(source.glob("*.parquet"))}
        land_recipe(made, files, "native", {"source": source.name}, by="benchmark")
    fold(made)
    return made.root


def with_many_answers(root: Path, answers: int) -> int:
    """Put an index of so many answers in the place of the company's own; returns how many it has."""
    from viaggio.pulse.cx import with_cx_weights
    from viaggio.store.answers_index import open_answers, write_answers
    from viaggio.store.facts import read_manifest
    from viaggio.store.workspace import open_workspace

    ws = open_workspace(root)
    facts = read_manifest(ws.facts)
    own = open_answers(ws, facts)
    assert own is not None  # the fold made it
    made = make(answers, 2026)
    codes = dict(made.codes)
    for name in ("touchpoint", "channel", "segment", "phase", "region", "function"):
        texts = own.codes[name]
        codes[name] = tuple(texts[i] if i < len(texts) else f"~{i:03d}" for i in range(len(codes[name])))
    write_answers(ws, facts, with_cx_weights(replace(made, codes=codes)))
    return len(made)


def filters(own: Any) -> Iterator[str]:
    """Questions that differ, as people ask them."""
    for touchpoint in own.touchpoints:
        yield f"touchpoint={touchpoint}"
    for channel in own.channels:
        yield f"channel={channel}"
    for segment in own.segments:
        yield f"segment={segment}"
        yield f"segment={segment}&weights=none"
    for phase in ("discovery", "purchase", "care", "maintenance"):
        yield f"phase={phase}"
        yield f"phase={phase}&period=2026-Q2"
    for period in ("2026-Q1", "2026-Q2", "2026", "2026-05", "3m", "all", "quarter", "month"):
        yield f"period={period}"
        yield f"period={period}&compare=year"


def timed(client: Any, addresses: Sequence[str]) -> list[tuple[float, float]]:
    """Milliseconds of each address by the clock, and of the processor (of both cores where two work)."""
    taken = []
    for address in addresses:
        begun, worked = time.perf_counter(), time.process_time()
        answer = client.get(address)
        taken.append((1e3 * (time.perf_counter() - begun), 1e3 * (time.process_time() - worked)))
        assert answer.status_code == 200, address
    return taken


def line(name: str, taken: Sequence[tuple[float, float]]) -> str:
    """Median, 95th percentile and worst by the clock; the same of the processor."""
    cells = []
    for times in zip(*taken, strict=True):
        ordered = sorted(times)
        p95 = ordered[max(0, -(-95 * len(ordered) // 100) - 1)]
        cells.append(f"{statistics.median(ordered):>8.0f} {p95:>6.0f} {ordered[-1]:>6.0f}")
    return f"{name:<44} {len(taken):>5} {cells[0]} {cells[1]}"


def main() -> None:
    """Make the workspace, ask for the page, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("answers", nargs="?", type=lambda text: int(float(text)), default=5_000_000)
    parser.add_argument("--again", type=int, default=3, help="so many times with the filters known")
    parser.add_argument("--folder", type=Path, help="keep the workspace here, and take one that is here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        root = (given.folder or Path(passing)) / "workspace"
        if not root.exists():
            rows = with_many_answers(company(root.parent), given.answers)
            print(f"{rows:,} answers", file=sys.stderr)
        os.environ["VIAGGIO_WORKSPACE"] = str(root)
        from viaggio.web.serve import prepare

        prepare(root)
        measure(given.again)


def measure(again: int) -> None:
    """Ask for the page in every way and print."""
    from django.test import Client
    from django.utils import timezone

    from viaggio.web.shared.extent import extent
    from viaggio.web.shared.models import User
    from viaggio.web.shared.persons import create_user
    from viaggio.web.shared.roles import Role
    from viaggio.web.shared.workspace import current_engine, workspace

    client = Client(headers={"host": "localhost"})
    known = User.objects.filter(email="owner@example.com").first()
    owner = known or create_user("owner@example.com", name="Ada", roles=[Role.OWNER], language="en")
    client.force_login(owner)
    client.get("/account/")
    held = extent(current_engine(), workspace().zone, timezone.now().date())
    addresses = [f"/scores/?{query}" for query in filters(held)]
    head = f"{'median':>8} {'p95':>6} {'worst':>6}"
    print(f"{'ms by the clock, and of the processor':<44} {'pages':>5} {head} {head}")
    print(line("the first after the facts changed", timed(client, ["/scores/"])))
    print(line("warm, the same again", timed(client, ["/scores/"] * 10)))
    new, known = timed(client, addresses), timed(client, addresses * again)
    print(line("warm, a filter that nobody had asked for", new))
    print(line("warm, filters asked for before", known))
    print(line(f"warm, both: each filter new once, then {again} times", [*new, *known]))
    for name in ("changes", "weights", "nps", "nps/?by=touchpoint,channel"):
        address = f"/scores/{name}" if "?" in name else f"/scores/{name}/"
        print(line(f"{address}, first", timed(client, [address])))
        print(line(f"{address}, again", timed(client, [address] * 5)))


if __name__ == "__main__":
    main()
