"""An attack on anonymous answers: who holds the database and the server's log tries to say who said what.

`attacks(dump, log, came)` gives, for every way to join we could think of, the guessed answer of each
invitation. The attacker has all tables with their hidden row ids, the raw pages of the file and its journal,
the mails' times and the log, knows how the program works, and from elsewhere even the order in which people
came. The server's key is not in the database. `chance_of` says how likely so many right guesses are by
chance: of N people paired with N answers at random, the number of right pairs is close to Poisson(1).
"""

import hashlib
import hmac
import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, factorial
from pathlib import Path
from typing import Any

type Guess = Mapping[str, str]
"""Invitation id -> the words that the attacker thinks this person wrote."""


@dataclass(frozen=True)
class Dump:
    """The database as the attacker has it."""

    tables: Mapping[str, list[dict[str, Any]]]
    raw: bytes
    journal: bytes

    @property
    def boxes(self) -> list[dict[str, Any]]:
        """Boxes in the order of their row ids."""
        return self.tables["pulse_anonymousbox"]

    @property
    def answers(self) -> list[str]:
        """The words of each answer, in the order in which they lie in the rows."""
        return [said["why"] for box in self.boxes for said in json.loads(box["answers"])]

    @property
    def spent(self) -> list[str]:
        """Digests of used links, in the order in which they lie in the rows."""
        return [digest for box in self.boxes for digest in json.loads(box["spent"])]

    @property
    def invitations(self) -> list[dict[str, Any]]:
        """Who was asked, in the order of the row ids."""
        return self.tables["pulse_invitation"]


def read(file: Path) -> Dump:
    """Every table with its row ids, in their order, and every byte of the file and its journal."""
    journal = file.with_name(file.name + "-wal")  # read first: closing the database would empty it
    written = journal.read_bytes() if journal.exists() else b""
    raw = file.read_bytes()
    connection = sqlite3.connect(file)
    connection.row_factory = sqlite3.Row
    names = [row[0] for row in connection.execute("select name from sqlite_master where type='table'")]
    tables = {
        name: [
            dict(row) for row in connection.execute(f'select rowid as _row, * from "{name}" order by rowid')
        ]
        for name in names
    }
    connection.close()
    return Dump(tables, raw, written)


def attacks(dump: Dump, log: str, came: Sequence[str]) -> Iterator[tuple[str, Guess]]:
    """Each way to join, by name; `came`: invitation ids in the order in which people answered."""
    by_id = {one["id"]: one for one in dump.invitations}
    orders: dict[str, Sequence[dict[str, Any]]] = {
        "row": dump.invitations,
        "id": sorted(dump.invitations, key=lambda one: one["id"]),
        "due": sorted(dump.invitations, key=lambda one: (one["due_at"], one["id"])),
        "address": sorted(dump.invitations, key=lambda one: one["address"]),
        "customer": sorted(dump.invitations, key=lambda one: one["customer"]),
        "arrival": [by_id[key] for key in came],
    }
    lists: dict[str, list[str]] = {
        "row": dump.answers,
        "content": sorted(dump.answers),
        "length": sorted(dump.answers, key=len),
        "page": sorted(dump.answers, key=lambda words: dump.raw.find(words.encode())),
        "last page": sorted(dump.answers, key=lambda words: dump.raw.rfind(words.encode())),
    }
    for left, people in orders.items():
        for right, words in lists.items():
            yield f"{left} by {right}", _paired(people, words)
            yield f"{left} by {right}, backwards", _paired(people, words[::-1])
    yield "arrival by journal", _by_journal(dump, came)
    yield "changed invitations", _paired(sorted(dump.invitations, key=_what_became), dump.answers)
    yield "the log", _by_log(dump, log)
    for name, digest in HASHES.items():
        yield f"digests by {name}", _by_digest(dump, digest)
    yield "digest beside answer", _beside(dump)


def _paired(people: Sequence[dict[str, Any]], words: Sequence[str]) -> Guess:
    return {one["id"]: said for one, said in zip(people, words, strict=False)}


def _by_journal(dump: Dump, came: Sequence[str]) -> Guess:
    """The newest answers stand only in the journal, in the order in which they were written."""
    fresh = [words for words in dump.answers if words.encode() not in dump.raw]
    fresh.sort(key=lambda words: dump.journal.find(words.encode()))
    return dict(zip(came[len(came) - len(fresh) :], fresh, strict=True))


def _what_became(one: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(one[name]) for name in ("outcome", "opened_at", "ended_at", "change", "settled", "id"))


def _by_log(dump: Dump, log: str) -> Guess:
    """People in the order in which anything of them stands in the log, then the rest."""
    places = {one["id"]: log.find(one["id"]) for one in dump.invitations}
    order = sorted(dump.invitations, key=lambda one: (places[one["id"]] < 0, places[one["id"]], one["id"]))
    return _paired(order, dump.answers)


HASHES: Mapping[str, Callable[[str], str]] = {
    "SHA-256 of the id": lambda key: hashlib.sha256(key.encode()).hexdigest(),
    "SHA-1 of the id": lambda key: hashlib.sha1(key.encode()).hexdigest(),
    "MD5 of the id": lambda key: hashlib.md5(key.encode()).hexdigest(),
    "the id itself": lambda key: key,
    "HMAC under an empty key": lambda key: hmac.new(b"", key.encode(), hashlib.sha256).hexdigest(),
    "HMAC under Django's default": lambda key: hmac.new(b"django", key.encode(), hashlib.sha256).hexdigest(),
}


def _by_digest(dump: Dump, digest: Callable[[str], str]) -> Guess:
    """Invitations whose digest stands among the used links get the answer at the same place."""
    spent, words = dump.spent, dump.answers
    found = {}
    for one in dump.invitations:
        made = digest(one["id"])
        for at, kept in enumerate(spent):
            if kept in made or made in kept:
                found[one["id"]] = words[at]
    return found


def _beside(dump: Dump) -> Guess:
    """Where an invitation's id or number lies close to an answer in the raw file."""
    found = {}
    for one in dump.invitations:
        near = []
        for match in re.finditer(re.escape(one["id"].encode()), dump.raw):
            around = dump.raw[max(0, match.start() - 400) : match.end() + 400]
            near += [words for words in dump.answers if words.encode() in around]
        if near:
            found[one["id"]] = near[0]
    return found


def right(guess: Guess, truth: Mapping[str, str]) -> int:
    """How many people's words were guessed."""
    return sum(truth.get(one) == words for one, words in guess.items())


def chance_of(hits: int) -> float:
    """The probability of so many right pairs or more by pairing at random: Poisson with mean 1."""
    return 1 - sum(exp(-1) / factorial(k) for k in range(min(hits, 50)))
