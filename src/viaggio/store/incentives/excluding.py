"""Answers that a figure shows but nobody is paid on: given again, copied, or given by staff.

One answer of a customer (or device) counts at a touchpoint in a quarantine, of each thing that is asked; all
windows of a plan are judged in one go, so that an answer is left out of each or of none. Copied texts are
those that the detector finds in the plan's cells. Answers of pulses that never count are not looked at, nor
do they make others come twice; those of the hidden audit sample stay aside, as in the detectors.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow as pa

from viaggio.incentive.detectors import Exclusion, Limits, Reason
from viaggio.incentive.detectors.duplicates import duplicates, given_again
from viaggio.incentive.detectors.looking import DEFAULT
from viaggio.incentive.detectors.staff import Staff, given_by_staff
from viaggio.incentive.run import Excluded
from viaggio.kernel import Period
from viaggio.measure.model import Tables
from viaggio.pulse.index import FIRST_PILLAR, KINDS, Array, without
from viaggio.pulse.index import Answers as Index
from viaggio.pulse.index_rows import response_of, words_of
from viaggio.store.engine import Engine
from viaggio.store.incentives.counting import SINGLE
from viaggio.store.incentives.signals import HISTORY_WEEKS, NOBODY, NOTHING, USUAL, Reads, contacts_of
from viaggio.store.incentives.signals_answers import WEEK, Replies, Span, answered_of, given_of, hashed
from viaggio.store.incentives.signals_cells import Watched
from viaggio.store.readings import answers_of
from viaggio.store.sql import sql
from viaggio.store.workspace import Workspace

PILLAR = "pillar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluding:
    """What tells such answers: the key of hashes, the HR list, the cells in which texts are compared."""

    key: bytes
    staff: Staff = NOBODY
    cells: tuple[Watched, ...] = ()
    reads: Reads = USUAL
    limits: Limits = DEFAULT


@dataclass(frozen=True, slots=True)
class _Named:
    """An answer that does not count: when it was given, and its response's number in the index."""

    what: Exclusion
    moment: int
    number: int


class Counting:
    """An engine whose answer index lacks what does not count: every figure of it is one to be paid on."""

    def __init__(self, engine: Engine, index: Index, gone: Mapping[str, Array], mark: str) -> None:
        """`gone` has for each reason one truth value per answer of the index; nothing is in two of them."""
        self.whole = engine
        self._mark = mark
        self._index = without(index, np.logical_or.reduce(list(gone.values())))
        self.by_reason = {reason: without(index, ~mask) for reason, mask in gone.items()}
        """The answers of each reason alone."""

    @property
    def version(self) -> str:
        """That of the facts and of what is left out of them."""
        return f"{self.whole.version}-{self._mark}"

    @property
    def workspace(self) -> Workspace:
        """Whose facts they are."""
        return self.whole.workspace

    def tables(self) -> Tables:
        """The fact tables, with everything in them."""
        return self.whole.tables()

    def run(self, expression: Any) -> Any:
        """The rows of an Ibis expression over the fact tables."""
        return self.whole.run(expression)

    def answer_index(self) -> Index:
        """The answers that count."""
        return self._index


def counting(
    engine: Engine, rules: Excluding, windows: Sequence[Period], figures: Iterable[str],
    apart: Sequence[str] = (),
) -> tuple[Counting | None, tuple[Excluded, ...]]:  # fmt: skip
    """The engine without the answers that do not count for these figures, and a list of them.

    Only answers within the windows are listed, by keyed hash: who has the facts and the key finds each, and
    nobody else learns who answered. The engine is None where all of them count.
    """
    kinds = {KINDS[SINGLE[figure]] if figure in SINGLE else PILLAR for figure in figures}
    found = list(_found(engine, rules, windows, sorted(kinds), apart)) if kinds else []
    if not found:
        return None, ()
    listed = {
        Excluded(
            answer=hashed(rules.key, "answer", one.what.response), kind=one.what.kind,
            reason=str(one.what.reason),
        )
        for one in found
    }  # fmt: skip
    index = answers_of(engine)
    names = sorted((entry.answer, entry.kind, entry.reason) for entry in listed)
    mark = sha256(repr(names).encode()).hexdigest()[:16]
    return Counting(engine, index, _masks(index, found), mark), tuple(sorted(listed))


def _masks(index: Index, found: Iterable[_Named]) -> dict[str, Array]:
    """Which rows of the index fall out for which reason; the first reason is the one that counts."""
    response, kind = index.columns["response"], index.columns["kind"]
    wanted: dict[tuple[Reason, str], list[int]] = {}
    for one in found:
        wanted.setdefault((one.what.reason, one.what.kind), []).append(one.number)
    gone = np.zeros(len(index), np.bool_)
    masks: dict[str, Array] = {}
    for (reason, name), numbers in sorted(wanted.items(), key=lambda pair: (_ORDER[pair[0][0]], pair[0][1])):
        mask = np.isin(response, np.array(numbers, np.int64)) & ~gone
        if name:
            mask &= kind >= FIRST_PILLAR if name == PILLAR else kind == KINDS.index(name)
        masks[str(reason)] = masks.get(str(reason), np.zeros(len(index), np.bool_)) | mask
        gone |= mask
    return masks


_ORDER = {reason: place for place, reason in enumerate((Reason.STAFF, Reason.NETWORK, Reason.CUSTOMER,
                                                        Reason.DEVICE, Reason.TEXT))}  # fmt: skip


def _found(
    engine: Engine, rules: Excluding, windows: Sequence[Period], kinds: Sequence[str], apart: Sequence[str]
) -> Iterator[_Named]:
    spans = [window.micros(engine.zone) for window in windows]
    since, until = min(start for start, _ in spans) - HISTORY_WEEKS * WEEK, max(end for _, end in spans)
    asked = _Asked(engine, {"apart": [*apart, NOTHING], "kinds": list(kinds)})
    found = [
        *_again(asked.rows("excluded_again", since, until), rules),
        *_of_staff(asked, rules, since, until),
    ]
    for start, end in spans:
        found += _copied(asked, rules, start, end)
    for one in found:
        if any(start <= one.moment < end for start, end in spans):
            yield one


@dataclass(frozen=True, slots=True)
class _Asked:
    """Questions to the facts about a span of moments, all without the pulses that never count."""

    engine: Engine
    given: Mapping[str, Any]

    def table(self, name: str, since: int, until: int, **more: Any) -> pa.Table:
        asked = {"since": _moment(since), "until": _moment(until), **self.given, **more}
        query = sql(name)
        return self.engine.sql(query, {key: value for key, value in asked.items() if f"${key}" in query})

    def rows(self, name: str, since: int, until: int, **more: Any) -> list[dict[str, Any]]:
        """With the name that detectors know an answer by, and its response's number in the index."""
        table = self.table(name, since, until, **more)
        rows: list[dict[str, Any]] = table.to_pylist()
        numbers = response_of(table["source"], words_of(table["response"])).tolist()
        for row, number in zip(rows, numbers, strict=True):
            row |= {"name": f"{row['source']}:{row['response']}", "number": number, "before": False}
        return rows


def _moment(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def _named(excluded: Iterable[Exclusion], rows: Iterable[Mapping[str, Any]]) -> Iterator[_Named]:
    known = {row["name"]: row for row in rows}
    for one in excluded:
        row = known[one.response]
        yield _Named(one, row["moment"], row["number"])


def _again(rows: list[dict[str, Any]], rules: Excluding) -> Iterator[_Named]:
    given = given_of(rows, {}, rules.key)
    yield from _named(given_again(given, rules.limits), rows)


def _of_staff(asked: _Asked, rules: Excluding, since: int, until: int) -> Iterator[_Named]:
    if not (rules.staff.contacts or rules.staff.networks):
        return
    customers = asked.table("excluded_customers", since, until)["customer"].to_pylist()
    contacts = {
        customer: hashes
        for customer, hashes in contacts_of(asked.engine, customers, rules.key).items()
        if hashes & rules.staff.contacts
    }
    rows = asked.rows("excluded_staff", since, until, customers=[0, *contacts])
    yield from _named(given_by_staff(answered_of(rows, contacts, rules.key), rules.staff), rows)


def _copied(asked: _Asked, rules: Excluding, start: int, end: int) -> Iterator[_Named]:
    """Texts of a window that repeat others of their cell, as the detector judges them."""
    if not rules.cells:
        return
    since = start - HISTORY_WEEKS * WEEK
    lists = {name: [*getattr(rules.reads, name), NOTHING] for name in ("control_items", "audit_pulses")}
    answers = asked.table("signals_answers", since, end, **lists)
    replies = Replies(
        answers, asked.table("signals_texts", since, end), Span(since=since, start=start, end=end, last=end)
    )
    written = replies.only_with_words()
    cells = {cell.cell: given_of(written.rows(cell), written.words, rules.key) for cell in rules.cells}
    parents = {cell.cell: cell.parent for cell in rules.cells}
    copies = {
        one
        for finding in duplicates(cells, parents, rules.limits)
        for one in finding.excludes
        if one.reason is Reason.TEXT
    }
    table = written.table
    numbers = response_of(table["source"], words_of(table["response"])).tolist()
    rows = [
        {"name": f"{source}:{response}", "moment": moment, "number": number}
        for source, response, moment, number in zip(
            table["source"].to_pylist(), table["response"].to_pylist(), table["moment"].to_pylist(), numbers,
            strict=True,
        )
    ]  # fmt: skip
    yield from _named(sorted(copies), rows)
