"""How long the server takes for the pages of the journey: `python benchmarks/journey/pages.py 10000000`.

The sample company of so many interactions (its answers grow with it: 1.4 million at ten million) is
folded. Each page is asked for by a signed-in owner, in one process, as a browser would: once so that it is
warm; then with each of many filters that nobody had asked for on that page; then the same again. Prints
median, 95th percentile and worst of every page, of the pages of journeys and of all.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from score_page import line, timed

PAGES = {
    "/": "the overview",
    "/touchpoints/": "touchpoints",
    "/touchpoints/checkout/": "one touchpoint",
    "/metrics/nps/": "one metric, of answers",
    "/metrics/interactions/": "one metric, of interactions",
    "/metrics/on_time_delivery/": "one metric, of orders",
    "/journeys/": "flow",
    "/journeys/funnel/": "funnel",
    "/journeys/paths/": "paths",
    "/journeys/attribution/": "attribution",
    "/journeys/returns/": "returns",
    "/journeys/times/": "how long",
    "/journeys/drop-off/": "where journeys end",
    "/journeys/conformance/": "conformance",
    "/journeys/compare/?first=b2b": "comparison",
    "/journeys/what-if/": "what if",
}
WHERE = (
    "channel=app", "channel=web&period=2026-Q2", "device=mobile", "phase=care and channel=phone",
    "touchpoint=checkout", "segment=b2b and period=2026-Q1",
    "customers who did checkout", "customers who did not delivery",
    "customers who did service_request within 14 days after delivery",
    "customers who did delivery at least 2 times within 30 days",
)  # fmt: skip
"""Questions in the language of filters, for pages that understand all of it."""


def company(root: Path, interactions: int) -> None:
    """A folded workspace of the sample company."""
    from viaggio.demo import generate
    from viaggio.store.fold import fold
    from viaggio.store.intake import land_recipe
    from viaggio.store.workspace import Settings, create

    raw = root.parent / "raw"
    generate(raw, scale=interactions, seed=7, end=date(2026, 10, 1))
    made = create(root, Settings(name="Officina Blu"))
    for source in sorted(path for path in raw.iterdir() if path.is_dir()):
        files = {path.name: path for path in sorted(source.glob("*.parquet"))}
        land_recipe(made, files, "native", {"source": source.name}, by="benchmark")
    fold(made)


def filters(held: Any) -> Iterator[str]:
    """Questions that differ, as people ask them."""
    from urllib.parse import quote

    for channel in held.channels:
        yield f"channel={channel}"
    for segment in held.segments:
        yield f"segment={segment}"
    for phase in ("discovery", "purchase", "care", "maintenance"):
        yield f"phase={phase}&period=2026-Q2"
    for period in ("2026-Q1", "2026", "2026-05", "3m", "all", "month"):
        yield f"period={period}&compare=year"
    for touchpoint in list(held.touchpoints)[::3]:
        yield f"touchpoint={touchpoint}"
    for text in WHERE:
        yield f"where={quote(text)}"


def signed_in() -> Any:
    """A browser of the owner."""
    from django.test import Client

    from viaggio.web.shared.models import User
    from viaggio.web.shared.persons import create_user
    from viaggio.web.shared.roles import Role

    client = Client(headers={"host": "localhost"})
    known = User.objects.filter(email="owner@example.com").first()
    client.force_login(
        known or create_user("owner@example.com", name="Ada", roles=[Role.OWNER], language="en")
    )
    client.get("/account/")
    return client


def designed() -> None:
    """A designed journey, for the page that tells how far customers follow it."""
    from django.utils import timezone

    from viaggio.web.journey.services.explore.designs import keep_design, read_design
    from viaggio.web.shared.models import User

    owner = User.objects.get(email="owner@example.com")
    moves = "from,to\nstart,product_page\nproduct_page,checkout\ncheckout,delivery\ndelivery,end\n"
    keep_design(read_design("Online", moves.encode()), by=owner, now=timezone.now())


def measure(names: list[str], again: int) -> None:
    """Ask for the pages in every way and print."""
    from django.utils import timezone

    from viaggio.web.shared.extent import extent
    from viaggio.web.shared.workspace import current_engine, workspace
    from viaggio.web.warm import pages

    client = signed_in()
    designed()
    list(pages())  # as the server does when it starts
    held = extent(current_engine(), workspace().zone, timezone.now().date())
    head = f"{'median':>8} {'p95':>6} {'worst':>6}"
    print(f"{'ms by the clock, and of the processor':<44} {'pages':>5} {head} {head}")
    all_new, all_known, journeys = [], [], []
    for path, name in PAGES.items():
        if names and path not in names:
            continue
        first = timed(client, [path])
        joint = "&" if "?" in path else "?"
        addresses = [f"{path}{joint}{query}" for query in filters(held)]
        new, known = timed(client, addresses), timed(client, addresses * again)
        print(line(f"{name}, the first", first))
        print(line(f"{name}, a filter nobody had asked for", new))
        print(line(f"{name}, asked before", known), flush=True)
        all_new += new
        all_known += known
        journeys += [*new, *known] if path.startswith("/journeys/") else []
    print(line("pages of journeys, new filters and known", journeys or all_new))
    print(line("all pages, a filter nobody had asked for", all_new))
    print(line("all pages, asked before", all_known))
    print(line("all", [*all_new, *all_known]))


def main() -> None:
    """Make the workspace, ask for the pages, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("interactions", nargs="?", type=lambda text: int(float(text)), default=10_000_000)
    parser.add_argument("--again", type=int, default=1, help="so many times with the filters known")
    parser.add_argument("--folder", type=Path, help="keep the workspace here, and take one that is here")
    parser.add_argument("--pages", nargs="*", default=[], help="these addresses only")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        root = (given.folder or Path(passing)) / "workspace"
        if not root.exists():
            company(root, given.interactions)
        os.environ["VIAGGIO_WORKSPACE"] = str(root)
        from viaggio.web.serve import prepare

        prepare(root)
        measure(given.pages, given.again)


if __name__ == "__main__":
    main()
