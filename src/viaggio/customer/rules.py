"""Who is who: identifiers normalised, worthless ones refused, records joined, and the joining explained.

All pure. What is joined is a function of everything seen and every decision, not of the order of arrival.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.customer.model import Decision, Limits, Link

Keys = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]

COUNTRY = "39"
"""Country code put before a phone number that has none."""

BLOCKED = frozenset({
    "", "0", "-1", "-", "--", "?", ".", "*", "x", "xx", "xxx", "null", "none", "nil", "nan", "n/a", "n.a.",
    "na", "nd", "n.d.", "undefined", "unknown", "anonymous", "anonimo", "anonima", "guest", "ospite",
    "sconosciuto", "sconosciuta", "nessuno", "nessuna", "not set", "(not set)", "(none)", "(null)", "missing",
    "test", "true", "false", "[object object]", "00000000-0000-0000-0000-000000000000",
})  # fmt: skip
"""Values, in lower case, that stand where an identifier is missing: they must never join anybody."""

BLOCKED_MAILBOXES = frozenset({
    "noreply", "no-reply", "no_reply", "donotreply", "nomail", "no-mail", "noemail", "no-email", "none",
    "null", "nobody", "anonymous", "anonimo", "unknown", "nessuno", "nessuna", "na", "n.a", "x", "xx", "xxx",
})  # fmt: skip
"""Mailboxes that belong to nobody, before the @."""

_EXTENSION = re.compile(r"(?:\s*(?:ext|extension|int|interno)\.?\s*\d+|\s*x\d+)$", re.IGNORECASE)
_FLOATED = re.compile(r"\d+\.0+")
_SPACES = re.compile(r"\s+")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")


def normalise(kind: str, text: str) -> str | None:
    """The one way to write an identifier of that kind; None when it identifies nobody.

    E-mail addresses in lower case; phones as + and digits, `COUNTRY` where none is given; numbers and ids
    keep case and leading zeros and lose blanks and the ".0" that spreadsheets add.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\ufeff", "")
    text = text.strip()
    if text.lower() in BLOCKED:
        return None
    if kind == "email":
        return _email(text)
    if kind == "phone":
        return _phone(text)
    return _number(text)


def _email(text: str) -> str | None:
    text = text.lower().removeprefix("mailto:").strip("<>\"' ")
    if not _EMAIL.fullmatch(text) or text.partition("@")[0] in BLOCKED_MAILBOXES:
        return None
    return text


def _phone(text: str) -> str | None:
    text = _EXTENSION.sub("", text.removeprefix("tel:"))
    if _FLOATED.fullmatch(text):
        text = text.partition(".")[0]
    digits = re.sub(r"[^\d]", "", text)
    if len(digits) < 6 or re.search(r"[A-Za-z]", text) or len(set(digits)) == 1:
        return None
    if text.startswith("+"):
        full = digits
    elif digits.startswith("00"):
        full = digits[2:]
    elif len(digits) == 12 and digits.startswith(f"{COUNTRY}3"):
        full = digits
    else:
        full = COUNTRY + digits
    return f"+{full}" if 8 <= len(full) <= 15 and len(set(full[len(COUNTRY) :])) > 1 else None


def _number(text: str) -> str | None:
    if _FLOATED.fullmatch(text):
        text = text.partition(".")[0]
    if text.strip("0-_ ") == "":
        return None
    return _SPACES.sub(" ", text) if " " in text or "\t" in text else text


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sightings:
    """Pairs of identifiers seen in one row: keys and kinds (places in `KINDS`) of both, one entry per pair.

    `nodes` lists every identifier ever seen, sorted; `rank` says in which order they came (unique numbers).
    """

    a: Keys
    b: Keys
    a_kind: Codes
    b_kind: Codes
    nodes: Keys
    rank: Keys


FEW = 3
"""The first so many of `KINDS` are those of which a person has few: customer number, e-mail, phone."""


def shared_nodes(seen: Sightings, limits: Limits) -> Keys:
    """Identifiers seen with more than `limits.neighbours` others of one of the kinds a person has few of."""
    here = np.concatenate((seen.a, seen.b))
    there = np.concatenate((seen.b, seen.a))
    kind = np.concatenate((seen.b_kind, seen.a_kind))
    few = kind < FEW
    pairs = np.unique(np.stack((here[few], kind[few].astype(np.int64), there[few])), axis=1)
    groups, counts = np.unique(pairs[:2], axis=1, return_counts=True)
    return np.unique(groups[0][counts > limits.neighbours])


def customers_of(
    seen: Sightings, decisions: Sequence[Decision] = (), limits: Limits | None = None
) -> tuple[Keys, Keys]:
    """(identifier, customer) of every identifier that is not its own customer, sorted by identifier.

    A customer is a set of identifiers joined directly or through others; its key is that of the identifier
    seen first. Shared identifiers join nobody; the last decision about a pair overrules what was seen.
    """
    a, b = _joined(seen, decisions, limits or Limits())
    if not len(a):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes, places = np.unique(np.concatenate((a, b)), return_inverse=True)
    ends = places[: len(a)], places[len(a) :]
    graph = coo_array((np.ones(len(a), np.int8), ends), shape=(len(nodes), len(nodes)))
    count, label = connected_components(graph, directed=False)
    rank = _rank(seen, nodes)
    order = np.lexsort((nodes, rank))
    first = np.full(count, -1, np.int64)
    first[label[order][::-1]] = order[::-1]  # the last assignment wins: the earliest identifier
    customer = nodes[first[label]]
    moved = customer != nodes
    return nodes[moved], customer[moved]


def _rank(seen: Sightings, nodes: Keys) -> Keys:
    """Order of arrival of `nodes`; those never seen come last."""
    late = np.iinfo(np.int64).max
    if not len(seen.nodes):
        return np.full(len(nodes), late)
    place = np.minimum(np.searchsorted(seen.nodes, nodes), len(seen.nodes) - 1)
    return np.where(seen.nodes[place] == nodes, seen.rank[place], late)


def _joined(seen: Sightings, decisions: Sequence[Decision], limits: Limits) -> tuple[Keys, Keys]:
    shared = shared_nodes(seen, limits)
    low, high = np.minimum(seen.a, seen.b), np.maximum(seen.a, seen.b)
    keep = (low != high) & ~np.isin(low, shared) & ~np.isin(high, shared)
    last = last_decisions(decisions)
    for (a, b), action in last.items():
        if action == "split":
            keep &= (low != a) | (high != b)
    merged = np.array([pair for pair, action in last.items() if action == "merge"], np.int64).reshape(-1, 2)
    return np.concatenate((low[keep], merged[:, 0])), np.concatenate((high[keep], merged[:, 1]))


def last_decisions(decisions: Iterable[Decision]) -> Mapping[tuple[int, int], str]:
    """The action that holds for each pair, the smaller key first."""
    return {(min(d.a, d.b), max(d.a, d.b)): d.action for d in decisions}


def explain(links: Iterable[Link], start: int, goal: int) -> tuple[Link, ...]:
    """The shortest chain of links between two identifiers: why they are one customer; () if they are not.

    Among equally short chains the one whose links come first is taken.
    """
    around: dict[int, list[tuple[int, Link]]] = {}
    for link in links:
        around.setdefault(link.a, []).append((link.b, link))
        around.setdefault(link.b, []).append((link.a, link))
    came: dict[int, tuple[int, Link] | None] = {start: None}
    queue = deque([start])
    while queue and goal not in came:
        here = queue.popleft()
        for there, link in around.get(here, ()):
            if there not in came:
                came[there] = (here, link)
                queue.append(there)
    chain: list[Link] = []
    step = came.get(goal)
    while step is not None:
        chain.append(step[1])
        step = came[step[0]]
    return tuple(reversed(chain))
