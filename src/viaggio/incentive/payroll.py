"""What goes to payroll: entries of the ledger as rows of a file, with a trailer that adds up to the ledger.

The rows depend on the entries alone, so a file that is made again is the same, byte by byte.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from types import MappingProxyType

from viaggio.incentive.errors import BadAmount
from viaggio.incentive.exact import amount
from viaggio.incentive.ledger import EntryKind
from viaggio.incentive.plan.document import canonical

ORDINARY = "ordinary"
"""The part of an amount for which no tax regime of its own was shown to hold."""

TRAILER = "TRAILER"

CODES: Mapping[str, str] = MappingProxyType({"cash": "INCENTIVE", "welfare": "WELFARE"})
"""Pay codes when payroll has no own ones: of what is paid, and of what is taken as welfare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of an entry: cents of one cost centre under one tax regime."""

    cents: int
    cost_centre: str = ""
    regime: str = ORDINARY


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One entry of the ledger as payroll needs it; cents may be negative.

    `period` is the one in which it is paid, `origin` the one it was earned in. `parts` add up to the amount
    (none: one part without cost centre). `welfare_cents` of it are taken as welfare, `limit_used_cents` of it
    use up the yearly limit of a tax regime, welfare first.
    """

    seq: int
    payroll_id: str
    period: str
    origin: str
    kind: EntryKind
    amount_cents: int
    run: str
    parts: tuple[Part, ...] = ()
    welfare_cents: int = 0
    limit_used_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PayrollRow:
    """One row of the file, in the order of its columns. `amount` counts; `welfare_amount` is of it."""

    payroll_id: str
    period: str
    pay_code: str
    kind: str
    amount_cents: int
    currency: str
    regime_flag: str
    limit_used_cents: int
    welfare_cents: int
    cost_centre: str
    origin_period: str
    run_id: str
    row_hash: str = field(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trailer:
    """What the rows add up to: as many cents as the entries of the ledger; SHA-256 over the rows' hashes."""

    count: int
    total_cents: int
    welfare_cents: int
    limit_used_cents: int
    sha256: str


COLUMNS = (
    "payroll_id", "period", "pay_code", "kind", "amount", "currency", "regime_flag", "limit_used",
    "welfare_amount", "cost_centre", "origin_period", "run_id", "row_hash",
)  # fmt: skip


def payroll_rows(
    payments: Iterable[Payment], *, currency: str = "EUR", codes: Mapping[str, str] = CODES
) -> tuple[tuple[PayrollRow, ...], Trailer]:
    """The rows of these entries and their trailer; entries may come in any order, amounts of zero give none.

    `codes`: pay code of "cash" and "welfare", or of a kind of entry such as "true_up". Raises `BadAmount`
    when parts do not add up to the entry, more is taken as welfare than is paid, or an entry comes twice.
    """
    ordered = sorted(payments, key=lambda payment: payment.seq)
    if len({payment.seq for payment in ordered}) < len(ordered):
        raise BadAmount("an entry of the ledger comes twice", hint="Export each entry once.")
    rows = tuple(row for payment in ordered for row in _rows(payment, currency, codes))
    seal = hashlib.sha256("".join(row.row_hash for row in rows).encode()).hexdigest()
    return rows, Trailer(
        count=len(rows),
        total_cents=sum(row.amount_cents for row in rows),
        welfare_cents=sum(row.welfare_cents for row in rows),
        limit_used_cents=sum(row.limit_used_cents for row in rows),
        sha256=seal,
    )


def _rows(payment: Payment, currency: str, codes: Mapping[str, str]) -> Iterator[PayrollRow]:
    parts = payment.parts or (Part(cents=payment.amount_cents),)
    if sum(part.cents for part in parts) != payment.amount_cents:
        raise BadAmount("the parts of an entry do not add up to it", place=f"ledger {payment.seq}",
                        hint="Split the rounded amount.")  # fmt: skip
    limit = payment.limit_used_cents
    for number, (part, welfare) in enumerate(_divided(payment, parts)):
        used = max(0, min(limit, part.cents)) if part.regime != ORDINARY else 0
        limit -= used
        code = "welfare" if welfare else str(payment.kind)
        row = PayrollRow(
            payroll_id=payment.payroll_id,
            period=payment.period,
            pay_code=codes.get(code, codes["cash"]),
            kind=str(EntryKind.WELFARE if welfare else payment.kind),
            amount_cents=part.cents,
            currency=currency,
            regime_flag=part.regime,
            limit_used_cents=used,
            welfare_cents=part.cents if welfare else 0,
            cost_centre=part.cost_centre,
            origin_period=payment.origin,
            run_id=payment.run,
        )
        yield _sealed(row, payment.seq, number)


def _divided(payment: Payment, parts: tuple[Part, ...]) -> list[tuple[Part, bool]]:
    """The parts, those taken as welfare first: of the regime's parts before the ordinary ones."""
    left = payment.welfare_cents
    if left < 0 or left > max(0, payment.amount_cents):
        raise BadAmount("more is taken as welfare than is paid", place=f"ledger {payment.seq}",
                        hint="Choose at most the amount.")  # fmt: skip
    order = sorted(parts, key=lambda part: (part.regime == ORDINARY, part.cost_centre, part.regime))
    welfare, cash = [], []
    for part in order:
        taken = max(0, min(left, part.cents))
        left -= taken
        if taken:
            welfare.append((Part(cents=taken, cost_centre=part.cost_centre, regime=part.regime), True))
        if part.cents != taken:
            rest = part.cents - taken
            cash.append((Part(cents=rest, cost_centre=part.cost_centre, regime=part.regime), False))
    return welfare + cash


def _sealed(row: PayrollRow, seq: int, number: int) -> PayrollRow:
    """The row with its hash: over its place in the ledger and every other value."""
    values = {entry.name: getattr(row, entry.name) for entry in fields(row) if entry.name != "row_hash"}
    text = canonical({"seq": seq, "number": number} | values)
    return PayrollRow(**values, row_hash=hashlib.sha256(text.encode()).hexdigest())


def cells(row: PayrollRow) -> tuple[str | Decimal, ...]:
    """The row's values in the order of `COLUMNS`: amounts with two decimals, everything else as text."""
    money = {
        "amount": row.amount_cents,
        "limit_used": row.limit_used_cents,
        "welfare_amount": row.welfare_cents,
    }
    return tuple(_money(money[name]) if name in money else str(getattr(row, name)) for name in COLUMNS)


def trailer_cells(trailer: Trailer, *, currency: str = "EUR") -> tuple[str | Decimal, ...]:
    """The last row of the file: how many rows stand before it, what they add up to, and their seal."""
    found: dict[str, str | Decimal] = {
        "payroll_id": TRAILER,
        "pay_code": str(trailer.count),
        "kind": "total",
        "amount": _money(trailer.total_cents),
        "currency": currency,
        "limit_used": _money(trailer.limit_used_cents),
        "welfare_amount": _money(trailer.welfare_cents),
        "row_hash": trailer.sha256,
    }
    return tuple(found.get(name, "") for name in COLUMNS)


def _money(cents: int) -> Decimal:
    return Decimal(amount(cents))
