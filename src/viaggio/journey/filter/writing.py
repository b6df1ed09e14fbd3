"""Writing a filter: the one text that is read back as the same condition."""

from viaggio.journey.filter.model import (
    MONEY,
    AllOf,
    Among,
    AnyOf,
    Compared,
    Condition,
    Did,
    During,
    Every,
    Missing,
    Not,
    Within,
)
from viaggio.journey.filter.tokens import MOMENTS, in_quotes
from viaggio.journey.filter.units import cents_text, micros_text
from viaggio.kernel import Period


def write_filter(condition: Condition) -> str:
    """The canonical text of a condition; `all` for every interaction."""
    match condition:
        case AllOf(parts):
            text = " and ".join(_inside(part) for part in parts)
        case AnyOf(parts):
            text = " or ".join(_inside(part) for part in parts)
        case Not(what):
            text = _opposite(what)
        case _:
            text = _plain(condition)
    return text


def _plain(condition: Every | Among | Missing | Compared | During | Did) -> str:
    match condition:
        case Every():
            text = "all"
        case Among(name, values):
            text = _among(name, values, "=", "in")
        case Missing(name):
            text = f"{name} is empty"
        case Compared():
            text = _compared(condition, condition.sign)
        case During(period):
            text = f"period = {period_text(period)}"
        case Did():
            text = _did(condition, "did")
    return text


def _inside(condition: Condition) -> str:
    text = write_filter(condition)
    return f"({text})" if isinstance(condition, AllOf | AnyOf) else text


def _opposite(what: Condition) -> str:
    match what:
        case Among(name, values):
            text = _among(name, values, "!=", "not in")
        case Missing(name):
            text = f"{name} is not empty"
        case Compared(sign="="):
            text = _compared(what, "!=")
        case During(period):
            text = f"period != {period_text(period)}"
        case Did():
            text = _did(what, "did not")
        case _:
            text = f"not {_inside(what)}"
    return text


def _among(name: str, values: tuple[str, ...], one: str, several: str) -> str:
    texts = [value if name == "moment" and value in MOMENTS else in_quotes(value) for value in values]
    return f"{name} {one} {texts[0]}" if len(texts) == 1 else f"{name} {several} ({', '.join(texts)})"


def _compared(condition: Compared, sign: str) -> str:
    text = cents_text if condition.name in MONEY else micros_text
    return f"{condition.name} {sign} {text(condition.bound)}"


def _did(did: Did, verb: str) -> str:
    text = f"customers who {verb} {_deed(did.what)}"
    if did.times != 1:
        text += f" at least {did.times} times"
    if did.within is not None:
        text += f" within {_within(did.within)}"
    return text if did.during is None else f"{text} in {period_text(did.during)}"


def _deed(what: Condition) -> str:
    if isinstance(what, Among) and what.name == "touchpoint" and what.values:
        return ", ".join(in_quotes(value) for value in what.values)
    return "all" if isinstance(what, Every) else f"({write_filter(what)})"


def _within(within: Within) -> str:
    text = micros_text(within.micros)
    if within.first:
        return f"{text} of first"
    return text if within.anchor is None else f"{text} {within.side} {_deed(within.anchor)}"


def period_text(period: Period) -> str:
    """A period as briefly as it can be written: 2026, 2026-Q3, 2026-09, a day, or first..last."""
    start = period.start
    year, month = f"{start.year:04d}", f"{start.year:04d}-{start.month:02d}"
    quarter = f"{year}-Q{(start.month + 2) // 3}"
    for text in (year, quarter, month, start.isoformat()):
        if Period.parse(text) == period:
            return text
    return str(period)
