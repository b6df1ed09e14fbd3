"""Exact numbers: every amount and factor on the pay path is a fraction; here they are read, rounded, written.

No float comes in or goes out. Roots, the only irrational step, are taken with 50 decimal digits, so that
every machine finds the same ones.
"""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from viaggio.incentive.errors import BadAmount

ROOT_DIGITS = 50
MILLIONTH = Fraction(1, 1_000_000)

_WRITTEN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)|[+-]?\d+/\d+")


def exact(number: str | int | Fraction | Decimal, *, place: str = "") -> Fraction:
    """The number as a fraction: "0.35", "11/12", "-3", 5. Raises `BadAmount`, for a float too.

    A float is refused because it is not the number that somebody wrote: 0.1 is 3602879701896397/2**55.
    """
    if isinstance(number, bool | float):
        raise BadAmount(f"{number!r} is not exact", place=place, hint='Write it as text, such as "0.35".')
    if isinstance(number, str):
        text = number.strip()
        if not _WRITTEN.fullmatch(text):
            raise BadAmount(
                f"'{number}' is not a number", place=place, hint='Write 0.35, 11/12 or "1200.00".'
            )
        if text.endswith("/0") or re.search(r"/0+$", text):
            raise BadAmount(f"'{number}' divides by zero", place=place, hint="Give another denominator.")
        return Fraction(text)
    return Fraction(number)


def rounded_even(value: Fraction, step: Fraction = MILLIONTH) -> Fraction:
    """The nearest multiple of `step`; a half goes to the even one. Credited values are rounded so to 1e-6."""
    return round(value / step) * step


def cents(amount: Fraction) -> int:
    """An amount in whole cents, halves away from zero: what a person finds with a pocket calculator."""
    hundredfold = abs(amount) * 100
    whole = (2 * hundredfold.numerator + hundredfold.denominator) // (2 * hundredfold.denominator)
    return whole if amount >= 0 else -whole


def root(square: Fraction) -> Fraction:
    """The square root with 50 significant digits. Raises `BadAmount` below zero."""
    if square < 0:
        raise BadAmount(f"{square} has no square root", hint="A variance is never below zero.")
    context = Context(prec=ROOT_DIGITS, rounding=ROUND_HALF_EVEN)
    quotient = context.divide(Decimal(square.numerator), Decimal(square.denominator))
    return Fraction(context.sqrt(quotient))


def written(value: Fraction, decimals: int = 6) -> str:
    """The value with so many decimals, halves to even: "35.000000"."""
    scaled = round(value * 10**decimals)
    sign, digits = ("-" if scaled < 0 else ""), f"{abs(scaled):0{decimals + 1}d}"
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"


def amount(whole_cents: int) -> str:
    """Cents as an amount: 234300 is "2343.00"."""
    return f"{'-' if whole_cents < 0 else ''}{abs(whole_cents) // 100}.{abs(whole_cents) % 100:02d}"


def fraction(value: Fraction) -> str:
    """The fraction in lowest terms: "11/12", "1/1"."""
    return f"{value.numerator}/{value.denominator}"


def apportion(total: int, raw: Mapping[str, Fraction]) -> dict[str, int]:
    """`total` cents in proportion to `raw`, by largest remainder; the shares add up to `total` exactly.

    Left-over cents go to the largest remainders, then the larger raw amount, then the earlier id. All raw
    amounts zero with a total of zero gives zeros. Raises `BadAmount` for a negative amount, or a total
    that nobody can have.
    """
    whole = sum(raw.values(), Fraction(0))
    if any(share < 0 for share in raw.values()) or total < 0:
        raise BadAmount("negative amounts are never spread", hint="Post the difference of rounded totals.")
    if whole == 0:
        if total:
            raise BadAmount("nobody has a share in it", hint="Give at least one raw amount above zero.")
        return dict.fromkeys(raw, 0)
    parts = {name: total * share / whole for name, share in raw.items()}
    shares = {name: part.numerator // part.denominator for name, part in parts.items()}
    left = total - sum(shares.values())
    order = sorted(raw, key=lambda name: (shares[name] - parts[name], -raw[name], name))
    for name in order[:left]:
        shares[name] += 1
    return shares
