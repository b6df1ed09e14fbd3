"""Old answers are imported in random order of their dates while new ones arrive: every way to count agrees.

`run` serves a workspace, lets one program import back-dated answers item by item and another answer at an
even rate, half by form and half by call, and meanwhile walks the API along its cursors again and again. Each
walk must meet no row twice and every row that was there when it began; and at the end records, facts, the
score page, its file, the API, the command line and the exported table must all count the same answers.
"""

import csv
import http.client
import io
import json
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pyarrow as pa
import pyarrow.parquet as pq
from tests.faults.served import INSIDE, Fragile, Settings, call, environment, inside, served

from viaggio.store import workspace
from viaggio.store.contracts import FACTS, incoming_schema

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Safari/604.1"
FIRST = datetime(2023, 1, 1, tzinfo=UTC)
DAYS = 1_400


@dataclass(slots=True)
class Arrived:
    """What is known to be there, and what went wrong."""

    acknowledged: set[str] = field(default_factory=set)
    walks: int = 0
    met: set[str] = field(default_factory=set)
    responses: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)


def old_answers(folder: Path, count: int, files: int, seed: int) -> None:
    """Files of answers given long ago, all dates mixed: half of them in our shape, half CSV for a mapping."""
    chance = random.Random(seed)
    order = chance.sample(range(count), count)
    for number in range(files):
        some = order[number::files]
        rows = [
            {"id": f"b{n}", "response": f"old{n}", "customer_number": f"B{n % 9000}", "item": "recommend",
             "metric": "nps", "value": float(n % 11), "scale_min": 0.0, "scale_max": 10.0,
             "touchpoint": "courier", "phase": "purchase", "channel": "courier",
             "answered_at": FIRST + timedelta(days=chance.randrange(DAYS), seconds=chance.randrange(86_400))}
            for n in some
        ]  # fmt: skip
        if number % 2:
            with (folder / f"{number:03d}.csv").open("w", newline="", encoding="utf-8") as out:
                writer = csv.DictWriter(out, rows[0])
                writer.writeheader()
                writer.writerows({**row, "answered_at": row["answered_at"].isoformat()} for row in rows)
        else:
            table = pa.Table.from_pylist(rows, schema=incoming_schema(FACTS["answers"]))
            pq.write_table(table, folder / f"{number:03d}.parquet")


# --- what happens at the same time ----------------------------------------------------------------


def answer(server: Fragile, tokens: list[str], rate: float, arrived: Arrived) -> None:
    """Each person gives one answer at an even rate: by turns with a form and with a call."""
    start = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        for _ in pool.map(lambda at: _one(server.port, at[1], at[0], start + at[0] / rate, arrived),
                          enumerate(tokens)):  # fmt: skip
            pass


def _one(port: int, token: str, number: int, due: float, arrived: Arrived) -> None:
    time.sleep(max(0.0, due - time.monotonic()))
    said = {"recommend": number % 11, "why": f"no. {number}"}
    if number % 2:
        body = {"submission": "s", "answers": said, "finished": True}
        status, answer = call(port, "POST", f"/a/{token}/answers", body)
        fine = status == 200 and json.loads(answer)["state"] == "complete"
    else:
        tapped = {"submission": "1", "step": "first", "shown": "recommend", "recommend": said["recommend"]}
        ended = {"submission": "2", "step": "first.rest", "shown": "reasons,why", "why": said["why"]}
        fine = all(_form(port, token, form) == 303 for form in (tapped, ended))
    if fine:
        arrived.acknowledged.add(token)
    else:
        arrived.wrong.append(f"person {number} was not taken")


def _form(port: int, token: str, fields: dict[str, Any]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": PHONE}
        connection.request("POST", f"/a/{token}", urlencode(fields), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def bring(root: Path, more: Settings, folder: Path, seconds: float, folded: Path) -> subprocess.Popen[bytes]:
    """A program that imports the files one after the other over so many seconds."""
    command = [sys.executable, str(INSIDE), str(root), "brought", str(folder), str(seconds), str(folded)]
    return subprocess.Popen(command, env=environment(more), stdout=subprocess.DEVNULL)


def walk_on(server: Fragile, secret: str, folded: Path, arrived: Arrived) -> None:
    """Walk over facts and responses until everything has arrived."""
    while not arrived.done.is_set():
        there, answered = lines(folded), set(arrived.acknowledged)
        low = base_by_api(server, secret)
        ids = walk(server, secret, "/api/v1/facts/answers?limit=5000&where=item=recommend", "id")
        high = base_by_api(server, secret)
        if not low <= len(ids) <= high:
            arrived.wrong.append(f"{len(ids)} rows between the bases {low} and {high}")
        arrived.met = _seen("facts", ids, arrived.met | there, arrived)
        responses = walk(server, secret, "/api/v1/responses?limit=500", "invitation")
        arrived.responses = _seen("responses", responses, arrived.responses, arrived)
        if len(responses) < len(answered):
            arrived.wrong.append(f"{len(responses)} responses walked, {len(answered)} were there")
        arrived.walks += 1


def _seen(what: str, ids: list[str], before: set[str], arrived: Arrived) -> set[str]:
    found = set(ids)
    if len(found) != len(ids):
        arrived.wrong.append(f"{what}: {len(ids) - len(found)} doubled in a walk")
    if not before <= found:
        arrived.wrong.append(f"{what}: {len(before - found)} of {len(before)} missed in a walk")
    return found


def lines(path: Path) -> set[str]:
    """Ids of the answers that were folded by now."""
    return set(path.read_text().split()) if path.exists() else set()


# --- ways to count --------------------------------------------------------------------------------


def walk(server: Fragile, secret: str, address: str, name: str) -> list[str]:
    """One value of every row along the cursors of the API."""
    return [str(row[name]) for row in _rows(server, secret, address)]


def _rows(server: Fragile, secret: str, address: str) -> Iterator[dict[str, Any]]:
    cursor = ""
    while True:
        found = _get(server, secret, f"{address}&cursor={quote(cursor)}")
        yield from found["items"]
        cursor = found["next"]
        if cursor is None:
            return


def _get(server: Fragile, secret: str, address: str) -> dict[str, Any]:
    for _ in range(60):
        status, said = call(server.port, "GET", address, Authorization=f"Bearer {secret}")
        if status == 200:
            found: dict[str, Any] = json.loads(said)
            return found
        if status not in {429, 503}:
            raise RuntimeError(f"{address}: {status} {said[:300]!r}")
        time.sleep(1)
    raise TimeoutError(address)


PERIOD = "2023-01-01..2030-12-31"


def base_by_api(server: Fragile, secret: str) -> int:
    """The base of the NPS over all data."""
    (reading,) = _get(server, secret, f"/api/v1/readings?metric=nps&period={PERIOD}")["items"]
    return int(reading["n"])


def bases(server: Fragile, more: Settings, secret: str, session: str) -> dict[str, Any]:
    """How many answers each way counts, and the NPS where it says one."""
    address = f"/scores/?period={PERIOD}&compare=none&weights=none"
    said = {"Cookie": f"sessionid={session}", "Accept-Language": "en"}
    page = call(server.port, "GET", address.replace("/scores/", "/scores/nps/"), **said)[1].decode()
    file = call(server.port, "GET", f"{address}&format=csv&table=scores", **said)[1].decode("utf-8-sig")
    (by_cli,) = json.loads(cli(server, more, "kpi", "nps", "--period", PERIOD, "--json"))
    (reading,) = _get(server, secret, f"/api/v1/readings?metric=nps&period={PERIOD}")["items"]
    target = server.root.parent / "answers.csv"
    cli(server, more, "export", "answers", str(target))
    with target.open(encoding="utf-8-sig", newline="") as text:
        exported = [row["id"] for row in csv.DictReader(text) if row["item"] == "recommend"]
    walked = walk(server, secret, "/api/v1/facts/answers?limit=5000&where=item=recommend", "id")
    return {
        "page": on_page(page), "file": of_file(file), "api": reading["n"],
        "cli": by_cli["n"], "exported": len(exported), "exported once": len(set(exported)),
        "walked": len(walked), "walked once": len(set(walked)),
        "score": {reading["value"], by_cli["value"]},
    }  # fmt: skip


def on_page(page: str) -> int:
    """The largest number of answers that a page names."""
    found = re.findall(r"([0-9][0-9.,]*)\s+(?:answers|risposte)", re.sub(r"<[^>]+>", " ", page))
    return max((int(re.sub(r"[.,]", "", each)) for each in found), default=0)


def of_file(text: str) -> int:
    """The base of the NPS in the file of the scores page."""
    (found,) = (int(row["n"]) for row in csv.DictReader(io.StringIO(text)) if row["metric"] == "nps")
    return found


def cli(server: Fragile, more: Settings, verb: str, *arguments: str) -> str:
    """What the command line prints."""
    command = [sys.executable, "-m", "viaggio.cli", verb, *arguments, "--workspace", str(server.root)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment(more))
    return done.stdout


def run(
    folder: Path, more: Settings, *, old: int, files: int, live: int, rate: float
) -> tuple[Arrived, dict[str, Any], Counter[str]]:
    """Let everything arrive; what was seen meanwhile, how each way counts at the end, what is stored."""
    root = workspace.create(folder / "workspace", workspace.Settings(name="Officina Blu")).root
    (folder / "old").mkdir()
    old_answers(folder / "old", old, files, seed=3)
    tokens = inside(root, more, "asked", live)
    secret, session = inside(root, more, "api"), inside(root, more, "session")
    arrived, folded = Arrived(), folder / "folded"
    with served(root, more) as server:
        importing = bring(root, more, folder / "old", live / rate, folded)
        with ThreadPoolExecutor(1) as pool:
            walking = pool.submit(walk_on, server, secret, folded, arrived)
            try:
                answer(server, tokens, rate, arrived)
                if importing.wait(900):
                    arrived.wrong.append("the import failed")
                end = time.monotonic() + 1000  # it settles within a quarter of an hour
                while base_by_api(server, secret) < old + live and time.monotonic() < end:
                    time.sleep(2)
            finally:
                arrived.done.set()
            walking.result()
        counted = bases(server, more, secret, session)
        stored = Counter(row["state"] for row in inside(root, more, "records")["responses"].values())
        server.stop()
    return arrived, counted, stored
