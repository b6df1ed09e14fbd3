"""Numbers and money from text in a stated decimal style: exact, by columns, never through floats."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from viaggio.store.importers.arrow import pa, pc

Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

_SYMBOLS = {"EUR": "€", "USD": r"\$", "GBP": "£", "JPY": "¥", "CHF": r"Fr\.?"}
_ROUNDINGS = {"half_even": ROUND_HALF_EVEN, "half_up": ROUND_HALF_UP}
_LARGEST = 10**15  # cents stay far inside int64


@lru_cache(maxsize=64)
def number_pattern(decimal: str, currency: str = "") -> str:
    """Pattern of a number: sign before or after, thousands in groups of three by one and the same sign.

    Thousands may be parted by a blank, an apostrophe, or whatever of point and comma is not the decimal sign.
    """
    other = r"\." if decimal == "," else ","
    sign = r"[+\-−]"
    groups = "|".join(rf"\d{{1,3}}(?:{gap}\d{{3}})+" for gap in (other, " ", "\u00a0", "\u202f", "'", "’"))
    marks = f"(?:{currency}|{_SYMBOLS.get(currency, currency)})" if currency else ""
    money = rf"(?:{marks}\s*)?" if marks else ""
    tail = rf"(?:\s*{marks})?" if marks else ""
    point = r"\." if decimal == "." else ","
    return (
        rf"^(?P<before>{sign}?)\s*{money}(?P<inside>{sign}?)(?P<whole>{groups}|\d{{1,15}})?"
        rf"(?:{point}(?P<part>\d{{0,30}}))?(?P<after>-?){tail}$"
    )


@dataclass(frozen=True, slots=True)
class Digits:
    """The pieces of numbers: negative or not, digits before and after the decimal sign, valid or not."""

    negative: Mask
    whole: Any  # pa.StringArray of digits, "0" where there are none
    part: Any
    valid: Mask


def read_digits(values: Any, decimal: str, currency: str = "") -> Digits:
    """Take trimmed texts apart; what does not fit the style exactly is not valid."""
    found = pc.extract_regex(values, pattern=number_pattern(decimal, currency))
    before, inside, whole, part, after = (pc.fill_null(pc.struct_field(found, [at]), "") for at in range(5))
    signs = pc.binary_join_element_wise(before, inside, after, "")
    some = pc.or_(pc.not_equal(whole, ""), pc.not_equal(part, ""))
    valid = pc.and_(
        pc.fill_null(pc.is_valid(found), fill_value=False), pc.and_(some, pc.less(pc.utf8_length(signs), 2))
    )
    if pc.any(pc.greater(pc.binary_length(whole), 3)).as_py():
        whole = pc.replace_substring_regex(whole, pattern=r"\D", replacement="")
    whole = pc.if_else(pc.or_(pc.equal(whole, ""), pc.greater(pc.utf8_length(whole), 15)), "0", whole)
    fits = pc.less(pc.utf8_length(pc.fill_null(pc.struct_field(found, [2]), "")), 21)
    negative = pc.is_in(signs, value_set=pa.array(["-", "−"]))
    return Digits(np.asarray(negative), whole, part, np.asarray(pc.and_(valid, fits)))


def read_cents(
    values: Any, decimal: str, *, cents: bool = False, rounding: str = "", currency: str = ""
) -> tuple[Whole, Mask, Mask]:
    """Cents, which texts are amounts, and which have parts of a cent (not valid either unless rounded).

    `cents`: the texts count cents, not units.
    """
    digits = read_digits(values, decimal, currency)
    places = 0 if cents else 2
    whole = np.asarray(pc.cast(digits.whole, pa.int64())) * 10**places
    rest = digits.part
    if places:
        padded = pc.utf8_rpad(digits.part, places, "0")
        whole += np.asarray(pc.cast(pc.utf8_slice_codeunits(padded, 0, places), pa.int64()))
        rest = pc.utf8_slice_codeunits(padded, places, None)
    result = np.where(digits.negative, -whole, whole)
    finer = np.asarray(pc.match_substring_regex(rest, pattern="[1-9]")) & digits.valid
    if rounding and finer.any():
        for at in np.flatnonzero(finer):
            text = f"{digits.whole[int(at)]}.{digits.part[int(at)]}"
            exact = Decimal(text).scaleb(places).quantize(Decimal(1), rounding=_ROUNDINGS[rounding])
            result[at] = -int(exact) if digits.negative[at] else int(exact)
        finer = np.zeros(len(finer), dtype=bool)
    return result, digits.valid, finer


def read_numbers(values: Any, decimal: str) -> tuple[npt.NDArray[np.float64], Mask]:
    """Floats (nearest to the decimal text), and which texts are numbers."""
    digits = read_digits(values, decimal)
    plain = pc.binary_join_element_wise(
        digits.whole, pc.if_else(pc.equal(digits.part, ""), "0", digits.part), "."
    )
    numbers = np.asarray(pc.cast(plain, pa.float64()))
    return np.where(digits.negative, -numbers, numbers), digits.valid


def plain_numbers(values: Any, failed: Mask) -> Any:
    """The texts, the failed ones without exponents where they are numbers of a typed source."""
    texts = values.to_pylist()
    for at in np.flatnonzero(failed):
        try:
            exact = Decimal(texts[at] or "")
        except InvalidOperation:
            continue
        if exact.is_finite() and abs(exact) < _LARGEST and exact.adjusted() > -30:
            texts[at] = f"{exact:f}"
    return pa.array(texts, pa.string())
