"""How figures and dates read in Italian and English: the same text on page, chart and mail.

Every function takes the `language` ("it" or "en"), by default the reader's; amounts are cents, times seconds.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal

from django.utils import timezone, translation
from django.utils.formats import date_format

from viaggio.kernel import Flag, Period, Reading, Unit
from viaggio.web.shared.workspace import company_currency

MINUS = "\u2212"  # the true minus sign, as wide as a plus
NARROW = "\u202f"  # narrow no-break space, between a number and its unit
NO_VALUE = "\u2013"
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "CHF": "CHF", "BRL": "R$", "JPY": "¥"}
_DECIMALS = {Unit.POINTS: 0, Unit.SHARE: 1, Unit.SCORE: 2, Unit.COUNT: 0, Unit.RATIO: 2}
_PER_CENT_POINTS = "pt"

Number = int | float | Decimal


def reader_language(language: str | None = None) -> str:
    """`language`, else the reader's: "it" or "en"."""
    spoken = language or translation.get_language() or "it"
    return "en" if spoken.startswith("en") else "it"


def rounded(value: Number, decimals: int) -> Decimal:
    """`value` to so many decimals, halves to the even digit."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)


def number(value: Number, decimals: int = 0, *, signed: bool = False, language: str | None = None) -> str:
    """1310.5 is "1.310,5" in Italian and "1,310.5" in English; `signed` puts a plus before gains."""
    exact = rounded(value, decimals)
    text = f"{abs(exact):,.{decimals}f}"
    if reader_language(language) == "it":
        text = text.translate(str.maketrans(",.", ".,"))
    sign = MINUS if exact < 0 else "+" if signed and exact > 0 else ""
    return sign + text


def share(value: Number, decimals: int = 1, *, signed: bool = False, language: str | None = None) -> str:
    """0.842 is "84,2%"."""
    return number(Decimal(str(value)) * 100, decimals, signed=signed, language=language) + "%"


def money(
    cents: Number,
    currency: str | None = None,
    *,
    short: bool = False,
    signed: bool = False,
    language: str | None = None,
) -> str:
    """490 cents are "4,90 €" in Italian, "€4.90" in English; `short` drops cents from 1,000 up.

    Without a `currency` in the company's own.
    """
    amount, code = Decimal(str(cents)) / 100, currency or company_currency()
    size = abs(amount)
    italian = reader_language(language) == "it"
    decimals, unit = 2, ""
    if short and size >= 1_000_000:
        amount, unit = amount / 1_000_000, f"{NARROW}mln" if italian else "m"
    elif short and size >= 1000:
        decimals = 0
    text = number(amount, decimals, signed=signed, language=language)
    symbol = _SYMBOLS.get(code, code)
    if italian:
        return f"{text}{unit}{NARROW}{symbol}"
    sign, digits = (text[0], text[1:]) if text[0] in {MINUS, "+"} else ("", text)
    gap = NARROW if symbol.isalpha() else ""
    return f"{sign}{symbol}{gap}{digits}{unit}"


def duration(seconds: Number, *, signed: bool = False, language: str | None = None) -> str:
    """The two largest units: "3 min 20 s", "2 h 5 min", "4 g 3 h" (in English "4 d 3 h")."""
    whole = int(rounded(abs(Decimal(str(seconds))), 0))
    days = "g" if reader_language(language) == "it" else "d"
    sizes = ((86_400, days), (3600, "h"), (60, "min"), (1, "s"))
    parts = []
    for size, unit in sizes:
        count, whole = divmod(whole, size)
        if count:
            parts.append(f"{count}{NARROW}{unit}")
    sign = MINUS if seconds < 0 else "+" if signed and seconds > 0 else ""
    return sign + (" ".join(parts[:2]) or f"0{NARROW}s")


def value_text(
    value: Number,
    unit: Unit,
    *,
    currency: str | None = None,
    short: bool = True,
    signed: bool = False,
    decimals: int | None = None,
    language: str | None = None,
) -> str:
    """A value in its unit, as it stands on a tile; `decimals` where its scale wants others than its unit."""
    if unit is Unit.SHARE:
        return share(value, signed=signed, language=language)
    if unit is Unit.CENTS:
        return money(value, currency, short=short, signed=signed, language=language)
    if unit is Unit.SECONDS:
        return duration(value, signed=signed, language=language)
    return number(value, _DECIMALS[unit] if decimals is None else decimals, signed=signed, language=language)


def decimals_of(reading: Reading) -> int | None:
    """One decimal is enough on a wide scale such as 0 to 100; None leaves it to the unit."""
    wide = (
        reading.unit is Unit.SCORE and reading.scale is not None and reading.scale[1] - reading.scale[0] >= 20
    )
    return 1 if wide else None


def reading_text(reading: Reading, *, short: bool = True, language: str | None = None) -> str:
    """The value of a reading, or a dash when it has none."""
    if reading.value is None:
        return NO_VALUE
    return value_text(
        reading.value,
        reading.unit,
        currency=reading.currency,
        short=short,
        decimals=decimals_of(reading),
        language=language,
    )


def interval_text(reading: Reading, *, language: str | None = None) -> str:
    """Either "±3" when the interval is even, else "35–41"; empty when there is none."""
    if reading.value is None or reading.low is None or reading.high is None:
        return ""
    lower, upper = reading.value - reading.low, reading.high - reading.value
    down, up = (
        value_text(
            part, reading.unit, currency=reading.currency, decimals=decimals_of(reading), language=language
        )
        for part in (lower, upper)
    )
    if down == up:
        return f"±{up}"
    low, high = (
        value_text(
            end, reading.unit, currency=reading.currency, decimals=decimals_of(reading), language=language
        )
        for end in (reading.low, reading.high)
    )
    return f"{low}–{high}"


def base_text(reading: Reading, *, language: str | None = None) -> str:
    """The base: "n 1.830"; not shown for a hidden cell, whose size is what is protected."""
    return "" if Flag.HIDDEN in reading.flags else f"n {number(reading.n, language=language)}"


def delta_text(now: Reading, before: Reading, *, language: str | None = None) -> str:
    """The change: points for points and shares, per cent for money and counts, else in the unit."""
    if now.value is None or before.value is None:
        return ""
    change = Decimal(str(now.value)) - Decimal(str(before.value))
    if now.unit is Unit.POINTS:
        return f"{number(change, 0, signed=True, language=language)}{NARROW}{_PER_CENT_POINTS}"
    if now.unit is Unit.SHARE:
        return f"{number(change * 100, 1, signed=True, language=language)}{NARROW}{_PER_CENT_POINTS}"
    if now.unit in {Unit.CENTS, Unit.COUNT}:
        return (
            share(change / abs(Decimal(str(before.value))), signed=True, language=language)
            if before.value
            else ""
        )
    return value_text(change, now.unit, signed=True, decimals=decimals_of(now), language=language)


def _dated(value: date, form: str, language: str) -> str:
    """A date in Django's notation `form`; Italian months are written small."""
    with translation.override(language):
        text = date_format(value, form)
    return text.lower() if language == "it" else text


def day(value: date, *, language: str | None = None) -> str:
    """A day: "3 mar 2026" in Italian, "3 Mar 2026" in English."""
    return _dated(value, "j M Y", reader_language(language))


def moment(value: datetime, *, language: str | None = None) -> str:
    """A moment: "3 mar 2026, 14:05", in the company's time zone."""
    return _dated(timezone.localtime(value), "j M Y, H:i", reader_language(language))


def period_text(period: Period, *, language: str | None = None) -> str:
    """A period: "2026", "marzo 2026", "T1 2026" (in English "Q1 2026"), else first and last day."""
    spoken = reader_language(language)
    months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month
    whole = period.whole()
    if whole == "year" and months == 12:
        return str(period.start.year)
    if whole == "quarter" and months == 3:
        return f"{'T' if spoken == 'it' else 'Q'}{period.start.month // 3 + 1} {period.start.year}"
    if whole == "month" and months == 1:
        return _dated(period.start, "F Y", spoken)
    if period.days == 1:
        return day(period.start, language=spoken)
    return f"{day(period.start, language=spoken)} – {day(period.last, language=spoken)}"
