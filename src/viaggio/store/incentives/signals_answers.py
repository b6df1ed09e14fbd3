"""What the detectors read of the answers themselves: scores, times, devices, words, contacts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from hmac import digest
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from viaggio.customer.rules import normalise
from viaggio.incentive.detectors.audit import Audited
from viaggio.incentive.detectors.begging import Begging
from viaggio.incentive.detectors.bunching import Ending
from viaggio.incentive.detectors.duplicates import Given
from viaggio.incentive.detectors.model import Count, Votes
from viaggio.incentive.detectors.pleas import tells_of_a_plea
from viaggio.incentive.detectors.shift import Weeks
from viaggio.incentive.detectors.staff import Answered, Staff
from viaggio.incentive.detectors.timing import Timed
from viaggio.pulse.model import AskedBy
from viaggio.store.incentives.signals_cells import Mask, Watched, parent_rows, rows_of

WEEK = 7 * 86_400_000_000
SCORES = 11
ON_SITE = frozenset({AskedBy.KIOSK, AskedBy.QR})
"""Given on the company's premises, often on its devices and network."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Moments in UTC microseconds: of the history, the period and its last days."""

    since: int
    start: int
    end: int
    last: int


def hashed(key: bytes, kind: str, value: str) -> str:
    """Keyed hash (HMAC-SHA256, 128 bits) of a personal value: equal ones can be found, none can be read."""
    return digest(key, f"{kind}\x1f{value}".encode(), sha256).hex()[:32]


def staff_of(key: bytes, contacts: Iterable[tuple[str, str]], networks: Iterable[str] = ()) -> Staff:
    """The HR list as keyed hashes: (kind, value) with kind email or phone, and the company's networks."""
    known = ((kind, normalise(kind, value)) for kind, value in contacts)
    return Staff(
        contacts=frozenset(hashed(key, kind, value) for kind, value in known if value),
        networks=frozenset(hashed(key, "network", network) for network in networks),
    )


class Replies:
    """Recommendations of history and period as columns, and the words that came with them."""

    def __init__(self, table: pa.Table, texts: pa.Table, span: Span) -> None:
        """Takes the tables of `signals_answers.sql` and `signals_texts.sql`."""
        control = table["control"].to_numpy()
        self.table = table.filter(pa.array(~control))
        self.items = table.filter(pa.array(control))
        self.span = span
        self._texts = texts
        self.at: Ints = self.table["moment"].to_numpy()
        self.score: Ints = np.rint(self.table["value"].to_numpy()).astype(np.int64)
        self.inside: Mask = self.at >= span.start
        self.audit: Mask = self.table["audit"].to_numpy()
        rows = zip(texts["source"].to_pylist(), texts["response"].to_pylist(), strict=True)
        self.words = {f"{source}:{response}": body for (source, response), body in
                      zip(rows, texts["body"].to_pylist(), strict=True)}  # fmt: skip

    def only_with_words(self) -> "Replies":
        """The same of those alone that came with words."""
        names = pc.binary_join_element_wise(self.table["source"], self.table["response"], ":")
        held = pc.is_in(names, pa.array(self.words, pa.string()))
        return Replies(self.table.filter(held), self._texts, self.span)

    def ordinary(self, cell: Watched) -> Mask:
        """Rows of a cell that came by the ordinary channel."""
        mine: Mask = rows_of(self.table, cell.where) & ~self.audit
        return mine

    def rows(self, cell: Watched) -> list[dict[str, Any]]:
        """The cell's ordinary answers with their names; `before` are those of the history."""
        found: list[dict[str, Any]] = self.table.filter(pa.array(self.ordinary(cell))).to_pylist()
        for row in found:
            row["name"] = f"{row['source']}:{row['response']}"
            row["before"] = row["moment"] < self.span.start
        return found

    def known(self, column: str) -> bool:
        """Whether any answer of the period tells this of itself."""
        own = self.table[column].filter(pa.array(self.inside))
        return bool(own.null_count < len(own))

    def votes(self, mask: Mask) -> Votes:
        """Promoters, passives and detractors of these rows."""
        score = self.score[mask]
        promoters, detractors = int((score >= 9).sum()), int((score <= 6).sum())
        return Votes(promoters, len(score) - promoters - detractors, detractors)


def weeks_of(replies: Replies, cell: Watched, cells: Mapping[str, Watched]) -> Weeks:
    """Answers by week of the cell and of the rest of the one above it."""
    own = replies.ordinary(cell)
    rest = parent_rows(replies.table, cell, cells) & ~replies.audit & ~own
    span = replies.span
    return Weeks(
        own=_by_week(replies, own), rest=_by_week(replies, rest), first=(span.start - span.since) // WEEK
    )


def _by_week(replies: Replies, mask: Mask) -> Ints:
    span = replies.span
    counts = np.zeros((-(-(span.end - span.since) // WEEK), SCORES), np.int64)
    np.add.at(counts, ((replies.at[mask] - span.since) // WEEK, replies.score[mask]), 1)
    return counts


def ending_of(replies: Replies, cell: Watched) -> Ending:
    """Answers of the period by score, before its last days and in them."""
    own = replies.ordinary(cell) & replies.inside
    late = replies.at >= replies.span.last
    earlier, last = (np.bincount(replies.score[own & part], minlength=SCORES) for part in (~late, late))
    return Ending(earlier=earlier, last=last)


def audited_of(replies: Replies, cell: Watched) -> Audited:
    """Votes of the hidden sample and of the ordinary channel."""
    hidden = rows_of(replies.table, cell.where) & replies.audit & replies.inside
    return Audited(
        audit=replies.votes(hidden), ordinary=replies.votes(replies.ordinary(cell) & replies.inside)
    )


def begging_of(replies: Replies, cell: Watched, rows: Sequence[Mapping[str, Any]]) -> Begging:
    """The control item, words that tell of a plea, and tens among the high scores now and before."""
    own = replies.ordinary(cell)
    high, ten = replies.score >= 8, replies.score == 10
    now, before = own & replies.inside, own & ~replies.inside
    items = replies.items.filter(pa.array(
        rows_of(replies.items, cell.where) & (replies.items["moment"].to_numpy() >= replies.span.start)
    ))  # fmt: skip
    middle = (items["scale_min"].to_numpy() + items["scale_max"].to_numpy()) / 2
    names = [row["name"] for row in rows]
    told = {name: tells_of_a_plea(replies.words[name]) for name in names if name in replies.words}
    return Begging(
        item=Count(int((items["value"].to_numpy() > middle).sum()), len(items)),
        texts=Count(sum(told.values()), len(told)),
        tens=Count(int((now & ten).sum()), int((now & high).sum())),
        tens_before=Count(int((before & ten).sum()), int((before & high).sum())),
        responses=tuple(sorted(name for name, is_so in told.items() if is_so)),
    )


def timed_of(rows: Sequence[Mapping[str, Any]], key: bytes) -> tuple[Timed, ...]:
    """When and how fast each answer came, from which device, else network."""
    return tuple(
        Timed(
            response=row["name"], at=row["moment"], waited=row["waited"], took=row["took"],
            source=_source(row, key),
        )
        for row in rows
    )  # fmt: skip


def _source(row: Mapping[str, Any], key: bytes) -> str:
    if row["asked_by"] in ON_SITE:
        return ""
    kind = "device" if row["device"] else "network"
    return hashed(key, kind, row[kind]) if row[kind] else ""


def given_of(rows: Sequence[Mapping[str, Any]], words: Mapping[str, str], key: bytes) -> tuple[Given, ...]:
    """Who gave each answer, on which device, in which words."""
    return tuple(
        Given(
            response=row["name"], at=row["moment"], customer=str(row["customer"] or ""),
            device=hashed(key, "device", row["device"]) if row["device"] else "",
            touchpoint=row["touchpoint"] or "", kind=row.get("kind", ""), text=words.get(row["name"], ""),
            on_site=row["asked_by"] in ON_SITE, before=row["before"],
        )
        for row in rows
    )  # fmt: skip


def answered_of(
    rows: Sequence[Mapping[str, Any]], contacts: Mapping[int, frozenset[str]], key: bytes
) -> tuple[Answered, ...]:
    """Whose contacts and network each answer has, hashed."""
    return tuple(
        Answered(
            response=row["name"], contacts=contacts.get(row["customer"], frozenset()),
            network=hashed(key, "network", row["network"]) if row["network"] else "",
            on_site=row["asked_by"] in ON_SITE,
        )
        for row in rows
    )  # fmt: skip
