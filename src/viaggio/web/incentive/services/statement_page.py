"""A statement as its page and its PDF show it: sums that can be redone, reasons, dates, what comes next."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _

from viaggio.kernel import BadPeriod
from viaggio.web.incentive.plan_words import group_name, kpi_name
from viaggio.web.incentive.services.line_moves import cap_factor, lines_of, pool_factor
from viaggio.web.incentive.services.statement import (
    Posting,
    Statement,
    StatementAway,
    StatementGate,
    StatementStay,
)
from viaggio.web.incentive.services.statement_lines import Address, LinePage, Touchpoints, line_page
from viaggio.web.incentive.services.statement_words import (
    AWAYS,
    EFFECTS,
    ENTRY_KINDS,
    FLAG_STATES,
    STATUSES,
    TAX_WHY,
    detector_words,
    gate_words,
    in_language,
    per_cent,
    plain_number,
    readable,
)
from viaggio.web.shared import formats


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a small table: what, how much, and a word about it."""

    name: str
    value: str
    about: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StayPage:
    """A stay: where, how much of the period counts, what 100 % pays, what was earned."""

    name: str
    when: str
    rows: tuple[Row, ...]
    lines: tuple[LinePage, ...]
    earned: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPage:
    """Money that waits, why, until when, and how it was decided."""

    why: str
    amount: str
    state: str
    until: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPage:
    """Everything on the page."""

    plan: str
    period: str
    unit: str
    status: str
    takes_part: bool
    award: str
    payable: str
    held: str
    pay_date: str
    object_until: str
    steps: tuple[Row, ...]
    stays: tuple[StayPage, ...]
    away: tuple[Row, ...]
    gates: tuple[Row, ...]
    pool: tuple[Row, ...]
    pool_note: str
    holds: tuple[HoldPage, ...]
    postings: tuple[Row, ...]
    earlier: tuple[Row, ...]
    balance: str
    tax: tuple[Row, ...]
    tax_why: tuple[str, ...]
    cause: str
    used: tuple[str, ...]
    hashes: tuple[Row, ...]


def statement_page(statement: Statement, address: Address, touchpoints: Touchpoints) -> StatementPage:
    """The page of a statement; `address` gives the page of a figure."""
    money = _Money(statement.currency)
    numbers = {line.place: number for number, line in enumerate(statement.lines, start=1)}
    stays = []
    for stay in _counted(statement):
        lines = lines_of(stay, statement.lines)
        pages = tuple(line_page(statement, one, numbers[one.place], address, touchpoints) for one in lines)
        stays.append(_stay(statement, stay, pages, sum(one.cents for one in lines), money))
    return StatementPage(
        plan=in_language(statement.plan_name) or statement.plan,
        period=period_words(statement),
        unit=_counted(statement)[-1].unit_name if statement.stays else statement.unit_name,
        status=str(STATUSES.get(statement.status, readable(statement.status))),
        takes_part=statement.status == "ok",
        award=money(statement.cents),
        payable=money(statement.payable_cents),
        held=money(statement.held_cents) if statement.held_cents else "",
        pay_date=formats.day(statement.pay_date) if statement.pay_date else "",
        object_until=formats.day(statement.dispute_until) if statement.dispute_until else "",
        steps=tuple(_steps(statement, money)),
        stays=tuple(stays),
        away=tuple(_away(one) for one in statement.away),
        gates=tuple(_gate(one, address) for one in statement.gates),
        pool=tuple(_pool(statement, money)),
        pool_note=_pool_note(statement),
        holds=tuple(_holds(statement, money)),
        postings=tuple(_posting(one, money) for one in statement.postings),
        earlier=tuple(_posting(one, money) for one in statement.earlier),
        balance=money(statement.balance_cents),
        tax=tuple(_tax(statement, money)),
        tax_why=tuple(str(TAX_WHY.get(w, readable(w))) for w in statement.tax.why) if statement.tax else (),
        cause=statement.cause,
        used=tuple(_used(statement)),
        hashes=tuple(_hashes(statement)),
    )


@dataclass(frozen=True, slots=True)
class _Money:
    currency: str

    def __call__(self, cents: int | None, *, signed: bool = False) -> str:
        return formats.NO_VALUE if cents is None else formats.money(cents, self.currency, signed=signed)


def period_words(statement: Statement) -> str:
    """The settled days, and which part of the year they are."""
    from viaggio.kernel import Period

    return formats.period_text(Period.parse(f"{statement.first}..{statement.last}"))


def _steps(statement: Statement, money: _Money) -> Iterator[Row]:
    """From what 100 % would pay to the award, each step with its factor."""
    yield Row(_("At 100% you would get"), money(statement.opportunity_cents), _("target for your days"))
    if not statement.opportunity_cents:
        return
    worth = sum((s.target_cents * s.share * (s.factor or 0) for s in statement.stays), Fraction(0))
    whole = sum((s.target_cents * s.share for s in statement.stays), Fraction(0))
    yield Row(_("Your result"), per_cent(worth / whole, 4), _("all lines together, after conditions"))
    if (cap := cap_factor(statement)) != 1:
        yield Row(_("Personal limit"), f"\u00d7 {plain_number(cap, 8)}", _("nobody gets more than the limit"))
    if (factor := pool_factor(statement)) != 1:
        yield Row(_("Shared pool"), f"\u00d7 {plain_number(factor, 8)}", _("the same factor for everybody"))
    yield Row(_("Your award"), money(statement.cents), _("rounded to the cent"))


def _stay(
    statement: Statement, stay: StatementStay, lines: tuple[LinePage, ...], cents: int, money: _Money
) -> StayPage:
    part = stay.share * stay.period_days / stay.days if stay.days else Fraction(1)
    rows = [
        Row(_("Target of the whole period"), money(stay.target_cents), _("at full time")),
        Row(_("Working time"), per_cent(stay.fte)),
        Row(
            _("Days that count"),
            _("%(days)s of %(all)s") % {"days": plain_number(stay.days, 4), "all": stay.period_days},
            _("with working time and absences"),
        ),
    ]
    if part != 1:
        rows.append(Row(_("Part of the year"), per_cent(part, 4), _("one of %(n)s") % {"n": statement.parts}))
    rows.append(Row(_("So 100% is worth"), money(stay.opportunity_cents), _stay_sum(stay, part, money)))
    return StayPage(
        name=_("%(unit)s, group %(group)s") % {"unit": stay.unit_name, "group": group_name(stay.group)},
        when=_within(statement, stay.first, stay.last),
        rows=tuple(rows),
        lines=lines,
        earned=money(cents),
    )


def _counted(statement: Statement) -> list[StatementStay]:
    """Stays with days in the settled period; all of them where none has any."""
    found = [
        stay
        for stay in statement.stays
        if stay.days or any(line.cents for line in lines_of(stay, statement.lines))
    ]
    return found or list(statement.stays)


def _within(statement: Statement, first: date, last: date) -> str:
    """Days of a stay as far as they lie in the settled period."""
    begin, end = max(first, statement.first), min(last, statement.last)
    if begin > end:
        begin, end = first, last
    return f"{formats.day(begin)} \u2013 {formats.day(end)}"


def _stay_sum(stay: StatementStay, part: Fraction, money: _Money) -> str:
    days = f"{plain_number(stay.days, 4)} / {stay.period_days}"
    parts = [money(stay.target_cents), days, *([per_cent(part, 4)] if part != 1 else [])]
    return " \u00d7 ".join(parts)


def _away(one: StatementAway) -> Row:
    if one.protected:
        about = _("protected: it takes nothing away")
    else:
        about = (
            _("a day loses %(share)s") % {"share": per_cent(one.lost)}
            if one.lost
            else _("takes nothing away")
        )
    when = f"{formats.day(one.first)} \u2013 {formats.day(one.last)}"
    return Row(str(AWAYS.get(one.kind, readable(one.kind))), when, about)


def _gate(gate: StatementGate, address: Address) -> Row:
    name = gate_words(gate.kpi, gate.sign, gate.threshold)
    href = address(gate.source) if gate.source is not None and gate.source.value else ""
    if gate.state == "passed":
        return Row(name, _("met"), _value(gate), href)
    if gate.state == "missing":
        return Row(name, _("waits"), _("The figure is not there yet. The money waits, it is not lost."))
    effect = EFFECTS.get(gate.effect)
    amount = per_cent(gate.effect_amount) if gate.effect_amount is not None else ""
    about = str(effect) % {"amount": amount} if effect is not None else readable(gate.effect)
    return Row(name, _("not met"), " ".join(filter(None, [_value(gate), about])), href)


def _value(gate: StatementGate) -> str:
    if gate.value is None:
        return ""
    shown = {"kpi": kpi_name(gate.kpi), "value": plain_number(gate.value, 2)}
    return _("%(kpi)s: %(value)s.") % shown


def _pool(statement: Statement, money: _Money) -> Iterator[Row]:
    if statement.pool is None:
        return
    pool = statement.pool
    if pool.cents or pool.unspent_cents or pool.binds:  # a correction divides no pool again
        yield Row(_("Money in the pool"), money(pool.cents))
    yield Row(_("Factor for everybody"), plain_number(pool.factor, 8))
    if pool.unspent_cents:
        yield Row(_("Left over"), money(pool.unspent_cents))


def _pool_note(statement: Statement) -> str:
    if statement.pool is None:
        return _("This plan has no pool. Nobody takes anything from anybody.")
    if statement.pool.binds:
        return _("The awards together were more than the pool. So each was multiplied by the same factor.")
    return _("The pool was big enough. So nothing was cut.")


def _holds(statement: Statement, money: _Money) -> Iterator[HoldPage]:
    for hold in statement.holds:
        yield HoldPage(
            why=detector_words(hold.detector),
            amount=money(hold.cents),
            state=str(FLAG_STATES.get(hold.state, readable(hold.state))),
            until=formats.day(hold.due_at.date()) if hold.decided_at is None else "",
            answer=hold.reason,
        )


def _posting(posting: Posting, money: _Money) -> Row:
    name = str(ENTRY_KINDS.get(posting.kind, readable(posting.kind)))
    when = {"period": _period_words(posting.period), "pay": _period_words(posting.pay_period)}
    about = _("for %(period)s, paid with %(pay)s") % when
    return Row(name, money(posting.cents, signed=True), about)


def _period_words(code: str) -> str:
    """The period of a ledger's entry: 2026Q2, 2026-08; as it stands there when it is of another kind."""
    from viaggio.kernel import Period

    try:
        return formats.period_text(Period.parse(re.sub(r"^(\d{4})(?=[QW])", r"\1-", code)))
    except BadPeriod:
        return code


def _tax(statement: Statement, money: _Money) -> Iterator[Row]:
    tax = statement.tax
    if tax is None:
        return
    yield Row(
        _("Lower tax"), _("yes") if tax.eligible else _("no"), _("rules of %(year)s") % {"year": tax.year}
    )
    if tax.eligible:
        yield Row(_("Taxed at the lower rate"), money(tax.base_cents))
        yield Row(_("Lower tax on it"), money(tax.tax_cents))
    if tax.ordinary_cents:
        yield Row(_("Taxed as ordinary pay"), money(tax.ordinary_cents))
    if tax.welfare_cents:
        yield Row(_("As welfare"), money(tax.welfare_cents))


def _used(statement: Statement) -> Iterator[str]:
    """What was read of this person."""
    yield _("Your unit, your plan group and your dates in them.")
    yield _("Your working time and your target amount.")
    if statement.away:
        yield _("Your absences by their class. No health reason is kept here.")
    yield _("Figures of whole units, from customers’ answers and company accounts.")


def _hashes(statement: Statement) -> Iterator[Row]:
    yield Row(_("Run"), statement.run, _("engine %(version)s") % {"version": statement.engine})
    yield Row(_("Inputs, SHA-256"), statement.snapshot_sha256)
    yield Row(_("Plan, SHA-256"), statement.plan_sha256)
    yield Row(_("Result, SHA-256"), statement.run_sha256)
