"""The detectors' inputs, read from the facts of a workspace: only what they hold, nothing invented.

Sources may tell in the properties of an answer: `unit` or `team`, `device`, `network` (address prefix),
`waited_seconds` since the invitation, `took_seconds` to answer, `audit` (the hidden sample), `asked_by`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from viaggio.customer.rules import normalise
from viaggio.incentive.detectors import Limits, Signals
from viaggio.incentive.detectors.bunching import Reached
from viaggio.incentive.detectors.looking import DEFAULT
from viaggio.incentive.detectors.staff import Staff
from viaggio.incentive.detectors.triangulation import Compared
from viaggio.kernel import Period
from viaggio.store.engine import Engine
from viaggio.store.incentives import signals_answers as answers
from viaggio.store.incentives import signals_around as around
from viaggio.store.incentives.signals_answers import WEEK, Replies, Span, hashed
from viaggio.store.incentives.signals_cells import Watched, check
from viaggio.store.sql import sql

HISTORY_WEEKS = 26
"""A cell's own history before the period."""

_SAYS = ("waited", "took", "device", "network")
NOBODY = Staff()
NOTHING = "\x1f"
"""What no column says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """How this company's facts say what is looked for; a list that is empty is not looked for."""

    control_items: tuple[str, ...] = ("asked_for_score",)
    """Items that ask whether somebody asked for a score; the upper half of their scale is a yes."""
    audit_pulses: tuple[str, ...] = ()
    """Pulses of the hidden random sample."""
    staff_sources: tuple[str, ...] = ()
    """Sources whose withdrawn consents were typed in by staff."""
    complaints: tuple[str, ...] = ("complaint",)
    returns: tuple[str, ...] = ("return",)
    """Touchpoints of complaints and of returns."""
    hard_outcomes: tuple[str, ...] = ("late", "unresolved", "error")


USUAL = Reads()


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is asked of the engine, by question."""

    engine: Engine
    reads: Reads
    apart: list[str]

    def ask(self, name: str, since: int, until: int, **more: Any) -> pa.Table:
        """The rows of one of the `signals_*.sql` in a span of moments."""
        given = {"since": _moment(since), "until": _moment(until), **more}
        return self.engine.sql(sql(name), given)

    def lists(self, *names: str) -> dict[str, list[str]]:
        """Lists of `reads` as parameters; never empty, so that they have a type."""
        return {name: [*getattr(self.reads, name), NOTHING] for name in names}


@dataclass(slots=True)
class _Gathered:
    """Mappings of the signals as they fill."""

    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    without: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, cell: str, value: Any) -> None:
        self.found.setdefault(name, {})[cell] = value


def signals_of(
    engine: Engine,
    period: Period,
    cells: Sequence[Watched],
    *,
    key: bytes,
    staff: Staff = NOBODY,
    reached: Iterable[Reached] = (),
    reads: Reads = USUAL,
    limits: Limits = DEFAULT,
    apart: Sequence[str] = (),
) -> Signals:
    """Inputs of all detectors for these cells in a period, with 26 weeks of history.

    `key` hashes contacts, devices and networks; `staff` is the HR list, hashed with it (`staff_of`).
    No detector reads answers of pulses `apart`, which nobody is paid on, nor whom those asked: a quota chose
    who was heard there, so that neither shares nor times nor scores tell of a cell, and picking customers
    wins nothing. Marks of staff and what customers did (complaints, returns, leaving) belong to no pulse.
    Responses are named `source:response`. What the facts do not tell is missing in the signals, and `without`
    says what that is. Raises `UnknownColumn` for a cell told by something else than `DIMENSIONS`.
    """
    check(cells)
    facts = _Facts(engine, reads, [*apart, NOTHING])
    start, end = period.micros(engine.zone)
    last, _ = Period(period.end - timedelta(days=min(limits.last_days, period.days)), period.end).micros(
        engine.zone
    )
    span = Span(since=start - HISTORY_WEEKS * WEEK, start=start, end=end, last=last)
    gathered = _Gathered()
    replies = Replies(
        facts.ask(
            "signals_answers",
            span.since,
            end,
            apart=facts.apart,
            **facts.lists("control_items", "audit_pulses"),
        ),
        facts.ask("signals_texts", span.since, end),
        span,
    )
    _of_answers(gathered, facts, replies, cells, staff=staff, key=key)
    _of_coverage(gathered, facts, cells, span)
    _of_marks(gathered, facts, cells, span)
    _of_harms(gathered, facts, replies, cells, period)
    return Signals(
        parents={one.cell: one.parent for one in cells}, staff=staff, reached=tuple(reached),
        without=gathered.without, **gathered.found,
    )  # fmt: skip


def _of_answers(
    gathered: _Gathered,
    facts: _Facts,
    replies: Replies,
    cells: Sequence[Watched],
    *,
    staff: Staff,
    key: bytes,
) -> None:
    """What answers and those who gave them tell; a cell without answers in the period is left out."""
    named = {one.cell: one for one in cells}
    hidden = bool((replies.audit & replies.inside).any())
    told = any(replies.known(column) for column in _SAYS)
    looked_for = bool(staff.contacts or staff.networks)
    who = replies.table["customer"].filter(pa.array(replies.inside)).drop_null().unique()
    contacts = contacts_of(facts.engine, who.to_pylist(), key) if looked_for else {}
    for one in cells:
        everything = replies.rows(one)
        rows = [row for row in everything if not row["before"]]
        if not rows:
            continue
        gathered.put("begging", one.cell, answers.begging_of(replies, one, rows))
        gathered.put("weeks", one.cell, answers.weeks_of(replies, one, named))
        gathered.put("endings", one.cell, answers.ending_of(replies, one))
        gathered.put("given", one.cell, answers.given_of(everything, replies.words, key))
        if hidden:
            gathered.put("audited", one.cell, answers.audited_of(replies, one))
        if told:
            gathered.put("timed", one.cell, answers.timed_of(rows, key))
        if looked_for:
            gathered.put("answered", one.cell, answers.answered_of(rows, contacts, key))
    gathered.without |= dict.fromkeys(("begging", "shift", "bunching", "duplicates"), "answers")
    gathered.without["audit"] = "answers" if hidden else "audit_sample"
    gathered.without["timing"] = "answers" if told else ",".join(_SAYS)
    gathered.without["staff"] = "answers" if looked_for else "staff_list"


def contacts_of(engine: Engine, customers: Iterable[int], key: bytes) -> Mapping[int, frozenset[str]]:
    """Keyed hashes of the e-mail addresses and phones of these customers."""
    query = sql("signals_contacts", identifiers=engine.live_rows("identifiers"))
    found: dict[int, set[str]] = {}
    for row in engine.known(query, {"customers": [0, *customers]}).to_pylist():
        value = normalise(row["kind"], row["value"])
        if value:
            found.setdefault(row["customer"], set()).add(hashed(key, row["kind"], value))
    return {customer: frozenset(values) for customer, values in found.items()}


def _of_coverage(gathered: _Gathered, facts: _Facts, cells: Sequence[Watched], span: Span) -> None:
    gathered.without["coverage"] = "coverage"
    if not facts.engine.rows("coverage"):
        return
    asked = facts.ask("signals_coverage", span.start, span.end, apart=facts.apart, **_bad(facts))
    for one in cells:
        invited = around.invited_of(asked, one)
        if invited is not None:
            gathered.put("invited", one.cell, invited)


def _of_marks(gathered: _Gathered, facts: _Facts, cells: Sequence[Watched], span: Span) -> None:
    gathered.without["suppression"] = "bad_cases" if facts.reads.staff_sources else "marks_by_staff"
    if not facts.reads.staff_sources:
        return
    marks = facts.ask(
        "signals_marks", span.start, span.end, **_bad(facts), **facts.lists("staff_sources")
    )  # fmt: skip
    for one in cells:
        counted = around.marked_of(marks, one)
        if counted.n:
            gathered.put("marked", one.cell, counted)


def _of_harms(
    gathered: _Gathered, facts: _Facts, replies: Replies, cells: Sequence[Watched], period: Period
) -> None:
    """The period against the span of the same length before it."""
    zone = facts.engine.zone
    (start, end), (first, _) = period.micros(zone), period.previous().micros(zone)
    lists = facts.lists("complaints", "returns")
    now = facts.ask("signals_harms", start, end, **lists)
    before = facts.ask("signals_harms", first, start, **lists)
    earlier = (replies.at >= first) & ~replies.inside
    for one in cells:
        own = replies.ordinary(one)
        harms, then = around.harms_of(now, one), around.harms_of(before, one)
        votes = replies.votes(own & replies.inside), replies.votes(own & earlier)
        if votes[0].n and votes[1].n and harms["churn"].n and then["churn"].n:
            compared = {kind: (harms[kind], then[kind]) for kind in around.HARMS}
            gathered.put("compared", one.cell, Compared(now=votes[0], before=votes[1], harms=compared))
    gathered.without["triangulation"] = "answers,interactions"


def _bad(facts: _Facts) -> dict[str, list[str]]:
    lists = facts.lists("complaints", "returns", "hard_outcomes")
    return {
        "hard_outcomes": lists["hard_outcomes"],
        "bad_touchpoints": lists["complaints"] + lists["returns"],
    }


def _moment(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
