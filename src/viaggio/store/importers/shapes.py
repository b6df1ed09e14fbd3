"""What the values of a column look like: addresses, phones, dates and their format, numbers and style."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from viaggio.store.importers.amounts import read_digits
from viaggio.store.importers.arrow import pa, pc
from viaggio.store.importers.records import Cells
from viaggio.store.importers.times import parse_times
from viaggio.store.importers.values import NO, YES

_EMAIL = r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$"
_PHONE = r"^(\+|00)?[\d][\d ().\-/]{5,20}$"
_SURE_PHONE = r"^((\+|00)[1-9]|3\d{2}[ \-./]?\d{6,7}$|0\d{1,3}[ \-./]\d{5,8}$)"
_NUMERIC_DATE = re.compile(r"(\d{1,4})([/.\-])(\d{1,2})\2(\d{2,4})(.*)")
_MONTH_DATE = re.compile(r"(\d{1,2})([ \-/])([^\W\d]{3,9})\.?([ \-/])(\d{2,4})(.*)")
_PLAIN_DATE = re.compile(r"(19|20)\d{2}[01]\d[0-3]\d")
_CLOCKS = (
    "", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", "T%H:%M", "T%H:%M:%S", ", %H:%M", ", %H:%M:%S", " - %H:%M",
    " %H.%M", " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S %z",
)  # fmt: skip
_FEW = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A column's look, from a sample of its values.

    `formats` are the date formats that all values fit; two when day and month can not be told apart. `mixed`
    are formats that only together fit all. `decimals` are the decimal signs that all values fit; empty for no
    numbers. `told` says whether some value tells thousands from decimals; `proof` is a value that settled day
    and month, or the numbers' style.
    """

    filled: int
    rows: int
    values: tuple[str, ...] = ()  # most frequent first, up to 40
    few: bool = False
    typed: bool = False
    email: bool = False
    phone: bool = False
    sure_phone: bool = False
    yes_no: bool = False
    formats: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()
    decimals: tuple[str, ...] = ()
    told: bool = True
    proof: str = ""
    low: float | None = None
    high: float | None = None
    whole: bool = False
    length: float = 0.0
    distinct: bool = False

    @property
    def date(self) -> bool:
        """Whether all values are dates or times."""
        return bool(self.formats or self.mixed)

    @property
    def number(self) -> bool:
        """Whether all values are numbers."""
        return bool(self.decimals)


def shape_of(cells: Cells) -> Shape:
    """Look at a sample of a column; typed cells are taken at their word."""
    rows = len(cells.values)
    trimmed = pc.utf8_trim_whitespace(cells.values)
    texts = trimmed.filter(pc.fill_null(pc.not_equal(trimmed, ""), fill_value=False))
    filled = len(texts)
    if not filled:
        return Shape(filled=0, rows=rows)
    counts = Counter(texts.to_pylist())
    common = tuple(text for text, _ in counts.most_common(_FEW))
    unique = pa.array(list(counts), pa.string())
    typed = cells.canonical is not None and pc.sum(cells.canonical).as_py() >= 0.9 * filled
    formats, mixed, proof = (("iso",), (), "") if typed and _all_iso(unique) else _formats(unique)
    if typed and not _all_iso(unique):
        formats, mixed = (), ()
    decimals, told, style_proof = _styles(unique, typed=typed) if not (formats or mixed) else ((), True, "")
    low, high, whole = _range(unique, decimals)
    lowered = {text.lower() for text in common}
    return Shape(
        filled=filled,
        rows=rows,
        values=common,
        few=len(counts) <= _FEW and (filled > len(counts) or filled <= 3),
        typed=typed,
        email=_share(unique, _EMAIL) > 0.8,
        phone=_share(unique, _PHONE) > 0.8 and not (formats or mixed),
        sure_phone=_share(unique, _SURE_PHONE) > 0.8 and _share(unique, _PHONE) > 0.8,
        yes_no=len(counts) <= 4 and lowered <= {*YES, *NO},
        formats=formats,
        mixed=mixed,
        decimals=decimals,
        told=told,
        proof=proof or style_proof,
        low=low,
        high=high,
        whole=whole,
        length=sum(len(text) * count for text, count in counts.items()) / filled,
        distinct=len(counts) == filled == rows,
    )


def _share(unique: Any, pattern: str) -> float:
    matched = pc.sum(pc.cast(pc.match_substring_regex(unique, pattern=pattern), pa.int64())).as_py()
    return float(matched or 0) / len(unique)


_MOST = 0.7
"""So many of the different values of a column must be dates, for the others to count as mistakes."""


def _all_iso(unique: Any) -> bool:
    return bool(parse_times(unique, "iso").valid.all())


def _formats(unique: Any) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Formats that fit all values, or those that do so together, and a value that settles day and month."""
    candidates = list(dict.fromkeys(_candidates(unique.slice(0, 200).to_pylist())))
    unique = _readable(unique, ["iso", *candidates])
    if _all_iso(unique):
        return ("iso",), (), ""
    valid = {text: parse_times(unique, text).valid for text in candidates}
    fitting = tuple(text for text in candidates if valid[text].all())
    if len(fitting) == 1:
        return fitting, (), _proof(unique, fitting[0], valid)
    if fitting:
        return fitting, (), ""
    left = np.ones(len(unique), dtype=bool)
    together = []
    for text in sorted(candidates, key=lambda candidate: -int(valid[candidate].sum())):
        if (valid[text] & left).any():
            together.append(text)
            left &= ~valid[text]
    return (), (tuple(together) if together and not left.any() else ()), ""


def _readable(unique: Any, candidates: list[str]) -> Any:
    """The values that fit some format, when most do: a few wrong days do not hide a column of dates."""
    fits = np.zeros(len(unique), dtype=bool)
    for text in candidates:
        fits |= parse_times(unique, text).valid
    return unique.filter(pa.array(fits)) if fits.mean() >= _MOST else unique


def _proof(unique: Any, chosen: str, valid: dict[str, Any]) -> str:
    """A value that some other order of day and month does not fit."""
    for text, fits in valid.items():
        if text != chosen and not fits.all() and sorted(text) == sorted(chosen):
            return str(unique[int(np.flatnonzero(~fits)[0])].as_py())
    return ""


def _candidates(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        if found := _NUMERIC_DATE.fullmatch(text):
            first, gap, _, last, clock = found.groups()
            if len(first) == 4:
                dates = [f"%Y{gap}%m{gap}%d"]
            elif len(first) <= 2 and len(last) in {2, 4}:
                year = "%Y" if len(last) == 4 else "%y"
                dates = [f"%d{gap}%m{gap}{year}", f"%m{gap}%d{gap}{year}"]
            else:
                continue
        elif _PLAIN_DATE.fullmatch(text):
            yield "%Y%m%d"
            continue
        elif found := _MONTH_DATE.fullmatch(text):
            _, gap, _, second, year_text, clock = found.groups()
            dates = [f"%d{gap}%b{second}{'%Y' if len(year_text) == 4 else '%y'}"]
        else:
            continue
        for shape in _CLOCKS:
            pattern = re.sub(r"%[A-Za-z]", r"[\\w+:]+", re.escape(shape).replace(r"\%", "%"))
            if re.fullmatch(pattern, clock):
                yield from (date + shape for date in dates)


def _styles(unique: Any, *, typed: bool) -> tuple[tuple[str, ...], bool, str]:
    """Decimal signs that all values fit, whether the values tell them apart, and one that does."""
    plain = pc.utf8_trim(
        pc.replace_substring_regex(unique, pattern=r"^(EUR|€)\s*|\s*(EUR|€)$", replacement=""), " "
    )
    comma, point = read_digits(plain, ",").valid, read_digits(plain, ".").valid
    if typed:
        return ((".",), True, "") if point.all() else ((), True, "")
    styles = tuple(sign for sign, valid in ((".", point), (",", comma)) if valid.all())
    if len(styles) == 2:
        parted = pc.match_substring_regex(plain, pattern="[.,]")
        return styles, not pc.any(parted).as_py(), ""
    if len(styles) == 1:
        other = comma if styles == (".",) else point
        return styles, True, str(unique[int(np.flatnonzero(~other)[0])].as_py())
    return (), True, ""


def _range(unique: Any, decimals: tuple[str, ...]) -> tuple[float | None, float | None, bool]:
    if not decimals:
        return None, None, False
    plain = pc.replace_substring_regex(unique, pattern=r"[^\d.,+\-−]", replacement="")
    digits = read_digits(plain, decimals[0])
    if not digits.valid.all():
        return None, None, False
    joined = pc.binary_join_element_wise(
        digits.whole, pc.if_else(pc.equal(digits.part, ""), "0", digits.part), "."
    )
    numbers = np.asarray(pc.cast(joined, pa.float64())) * np.where(digits.negative, -1, 1)
    whole = not bool(np.asarray(pc.match_substring_regex(digits.part, pattern="[1-9]")).any())
    return float(numbers.min()), float(numbers.max()), whole
