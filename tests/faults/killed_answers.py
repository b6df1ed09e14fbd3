# ruff: noqa: T201 -- a program that prints what it found
"""Answers while the server is killed: none that was acknowledged is lost, none is doubled, all told once.

`python -m tests.faults.killed_answers [--people 1667] [--kills 20]` serves a workspace and sends three
submissions for each person, every one 1 to 4 times, all in random order and some at the very same moment,
from several clients. Meanwhile the server draws people to ask, mails them, calls a webhook, settles and
folds. Its whole process group is killed with SIGKILL now and then and it is started again; whatever was not
acknowledged is sent again. At the end records, mails, calls and facts are compared with what was
acknowledged. Exits 1 when they differ. With `VIAGGIO_DATABASE`, on that PostgreSQL database.
"""

import argparse
import base64
import hashlib
import hmac
import http.client
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from tests.faults.served import Fragile, Settings, call, inside, served
from tests.web.receivers import Mailbox, Receiver, http_receiver, smtp_server

from viaggio.store import workspace

CLIENTS = 12
SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()

type Form = dict[str, Any]


@dataclass(slots=True)
class Sent:
    """What still has to be sent, and what was acknowledged: token and submission, to the response's id."""

    waiting: Queue[Form] = field(default_factory=Queue)
    acknowledged: dict[tuple[str, str], str] = field(default_factory=dict)
    again: int = 0
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def said_by(number: int) -> dict[str, Any]:
    """Everything that one person answers."""
    return {"recommend": number % 11, "reasons": ["time"], "why": f"no. {number}"}


def forms_of(token: str, number: int) -> list[Form]:
    """What one person sends: a tap, a choice, the end."""
    return [
        {
            "token": token,
            "submission": f"s{page}",
            "page": page,
            "answers": {item: value},
            "finished": page == 2,
        }
        for page, (item, value) in enumerate(said_by(number).items())
    ]


def shuffled(tokens: list[str], chance: random.Random) -> list[Form]:
    """Every form 1 to 4 times in random order; the copies of one in ten follow each other at once."""
    forms = [form for number, token in enumerate(tokens) for form in forms_of(token, number)]
    runs: list[list[Form]] = []
    for form in forms:
        copies = [form] * chance.randint(1, 4)
        runs += [copies] if chance.random() < 0.1 else [[copy] for copy in copies]
    chance.shuffle(runs)
    return [form for run in runs for form in run]


def deliver(port: int, sent: Sent, end: float) -> None:
    """Send what waits until it is acknowledged; an end that came too early waits for the page before it."""
    while time.monotonic() < end:
        try:
            form = sent.waiting.get_nowait()
        except Empty:
            return
        if not acknowledged(port, form, sent):
            sent.waiting.put(form)


def acknowledged(port: int, form: Form, sent: Sent) -> bool:
    """Send once; False when it must be sent again."""
    body = {name: value for name, value in form.items() if name != "token"}
    try:
        status, said = call(port, "POST", f"/a/{form['token']}/answers", body)
    except (OSError, http.client.HTTPException):
        time.sleep(0.2)
        return False
    if status == 200:
        note(form, json.loads(said), sent)
    elif status not in {422, 429, 503}:
        with sent.lock:
            sent.wrong.append(f"{status}: {said[:300]!r}")
        return True
    return status == 200


def note(form: Form, told: Mapping[str, Any], sent: Sent) -> None:
    """Remember an acknowledgement; the same submission must always get the same one."""
    key = (form["token"], form["submission"])
    with sent.lock:
        sent.again += told["again"]
        if sent.acknowledged.setdefault(key, told["response"]) != told["response"]:
            sent.wrong.append(f"{key} was acknowledged as two responses")
        if form["finished"] and told["state"] != "complete":
            sent.wrong.append(f"{key} was acknowledged as {told['state']}")


def attack(
    people: int, kills: int, more: Settings, *, seed: int = 1, most_seconds: float = 1500
) -> list[str]:
    """Run it; returns what is wrong, empty when nothing is."""
    chance = random.Random(seed)
    sent = Sent()
    with tempfile.TemporaryDirectory() as folder, http_receiver() as receiver, smtp_server() as box:
        root = workspace.create(Path(folder) / "workspace", workspace.Settings(name="Officina Blu")).root
        (root / "connections.toml").write_text(
            f'[mail]\nserver = "smtp://127.0.0.1:{box.port}?tls=none"\nfrom = "ciao@officina.example"\n'
            "rate = 10000\n[webhooks]\ninside = true\nrate = 10000\n"
        )
        tokens = inside(root, more, "asked", people)
        inside(root, more, "hook", receiver.url, SECRET)
        addresses = inside(root, more, "delivered", people // 3)
        for form in shuffled(tokens, chance):
            sent.waiting.put(form)
        with served(root, more) as server:
            bombard(server, sent, kills, time.monotonic() + most_seconds)
            if not sent.waiting.empty():
                return [f"{sent.waiting.qsize()} were not acknowledged in time", server.log[-2000:]]
            wait_until(lambda: heard(receiver) >= len(tokens) and len(mails(box)) >= len(addresses), 900)
            server.stop()
        stored, facts = inside(root, more, "records"), inside(root, more, "facts")
        wrong = sent.wrong + in_records(stored, sent, tokens) + in_facts(facts, sent, tokens)
        wrong += in_calls(receiver, sent, tokens, kills) + in_mails(box, addresses, kills)
        wrong += [f"queued as {state}: {key}" for key, state, _ in stored["outgoing"] if state != "sent"]
        print(f"{sent.again} sendings were told that they were known", file=sys.stderr)
        return wrong


def bombard(server: Fragile, sent: Sent, kills: int, end: float) -> None:
    """Send everything from several clients, and kill the server at even distances and at odd moments."""
    whole = sent.waiting.qsize()
    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(deliver, server.port, sent, end) for _ in range(CLIENTS)]
        for nth in range(kills):
            left = whole * (kills - nth) // (kills + 1)
            while sent.waiting.qsize() > left and time.monotonic() < end:
                time.sleep(0.01)
            server.kill()
            server.start()
        for each in running:
            each.result()


def wait_until(done: Any, seconds: float) -> None:
    """Wait for something, not for ever."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.5)


# --- what is wrong --------------------------------------------------------------------------------


def in_records(stored: Mapping[str, Any], sent: Sent, tokens: list[str]) -> list[str]:
    """Where the records do not hold exactly what was acknowledged."""
    wrong = []
    by_token = {row["token"]: (key, row) for key, row in stored["responses"].items()}
    for number, token in enumerate(tokens):
        key, row = by_token.get(token, ("", {}))
        if (row.get("state"), row.get("answers"), row.get("pages")) != (
            "complete",
            said_by(number),
            [0, 1, 2],
        ):
            wrong.append(f"person {number}: {row}")
        if {sent.acknowledged.get((token, f"s{page}")) for page in range(3)} != {key}:
            wrong.append(f"person {number} was acknowledged as another response")
    if len(stored["responses"]) != len(tokens):
        wrong.append(f"{len(stored['responses'])} responses of {len(tokens)} people")
    if stored["submissions"] != len(sent.acknowledged):
        wrong.append(f"{stored['submissions']} submissions, {len(sent.acknowledged)} acknowledged")
    return wrong


def in_facts(facts: Mapping[str, Any], sent: Sent, tokens: list[str]) -> list[str]:
    """Where the facts do not hold each answer exactly once."""
    of = {sent.acknowledged[token, "s2"]: number for number, token in enumerate(tokens)}
    scores = Counter(
        (row["response"], row["value"]) for row in facts["answers"] if row["item"] == "recommend"
    )
    words = Counter((row["response"], row["body"]) for row in facts["texts"])
    chosen = Counter(row["response"] for row in facts["answers"] if row["item"] == "reasons.time")
    wrong = list(facts["doctor"])
    if scores != Counter((key, float(n % 11)) for key, n in of.items()):
        wrong.append(f"facts: {scores.total()} scores of {len(of)} responses differ")
    if words != Counter((key, f"no. {n}") for key, n in of.items()):
        wrong.append(f"facts: {words.total()} texts of {len(of)} responses differ")
    if chosen != Counter(list(of)):
        wrong.append(f"facts: {chosen.total()} choices of {len(of)} responses differ")
    ids = Counter(row["id"] for table in ("answers", "texts") for row in facts[table])
    wrong += [f"facts: {key} {many} times" for key, many in ids.items() if many > 1]
    units = Counter(row["id"] for row in facts["coverage"])
    wrong += [f"coverage: {key} {many} times" for key, many in units.items() if many > 1]
    if facts["landed_twice"]:
        wrong.append(f"{facts['landed_twice']} items landed twice")
    return wrong


def heard(receiver: Receiver) -> int:
    """How many different events the receiver has heard of."""
    return len({headers["webhook-id"] for _, headers, _ in list(receiver.calls)})


def in_calls(receiver: Receiver, sent: Sent, tokens: list[str], kills: int) -> list[str]:
    """Where the calls do not tell each response once: what is repeated has the same id and body."""
    wrong, bodies = [], {}
    for _, headers, body in receiver.calls:
        key = headers["webhook-id"]
        signed_text = f"{key}.{headers['webhook-timestamp']}.".encode() + body
        secret = base64.b64decode(SECRET.removeprefix("whsec_"))
        mac = base64.b64encode(hmac.new(secret, signed_text, hashlib.sha256).digest()).decode()
        if headers["webhook-signature"] != f"v1,{mac}":
            wrong.append(f"call {key} is not signed")
        if bodies.setdefault(key, body) != body:
            wrong.append(f"call {key} says two things")
    told = {}
    for key, body in bodies.items():
        data = json.loads(body)["data"]
        if key != f"response-{data['response']}" or data["response"] in told:
            wrong.append(f"call {key} is about {data['response']}")
        told[data["response"]] = data["answers"]
    right = {sent.acknowledged[token, "s2"]: said_by(number) for number, token in enumerate(tokens)}
    for key, answers in told.items():  # a choice may come after the end, and the end is what is told
        if answers not in (right.get(key), without_choice(right.get(key, {}))):
            wrong.append(f"told of {key}: {answers}")
    if told.keys() != right.keys():
        wrong.append(f"{len(told)} responses told of {len(right)}")
    repeats = len(receiver.calls) - len(bodies)
    print(f"{len(bodies)} calls, {repeats} repeated under the same id", file=sys.stderr)
    return wrong + ([f"{repeats} calls repeated"] if repeats > kills else [])


def without_choice(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without the page that nobody must fill in."""
    return {item: value for item, value in answers.items() if item != "reasons"}


def mails(box: Mailbox) -> Counter[str]:
    """How often each Message-ID came."""
    return Counter(
        str(message_from_bytes(raw, policy=policy.default)["Message-ID"]) for *_, raw in list(box.mails)
    )


def in_mails(box: Mailbox, addresses: list[str], kills: int) -> list[str]:
    """Where not everybody got exactly one mail: what is repeated has the same id."""
    by_person = {
        (to, str(message_from_bytes(raw, policy=policy.default)["Message-ID"])) for _, to, raw in box.mails
    }
    wrong = [f"{to} got two mails" for to, many in Counter(to for to, _ in by_person).items() if many > 1]
    if {to for to, _ in by_person} != set(addresses):
        wrong.append(f"{len(by_person)} mails of {len(addresses)}")
    repeats = len(box.mails) - len(by_person)
    print(f"{len(by_person)} mails, {repeats} repeated under the same id", file=sys.stderr)
    return wrong + ([f"{repeats} mails repeated"] if repeats > kills else [])


def main() -> int:
    """Run it and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1667)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3600, help="give up after so long")
    asked = parser.parse_args()
    start = time.monotonic()
    names = ["VIAGGIO_DATABASE", "VIAGGIO_PROCESSES"]
    more = {name: os.environ[name] for name in names if name in os.environ}
    wrong = attack(asked.people, asked.kills, more, seed=asked.seed, most_seconds=asked.seconds)
    for line in wrong[:20]:
        print(line)
    print(
        f"{3 * asked.people} submissions, each 1 to 4 times, {asked.kills} kills, "
        f"{time.monotonic() - start:.0f} s: {len(wrong)} differences"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
