"""Filters of the filter language in people's words, for the parts that a page shows and takes away."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viaggio.journey.filter import (
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
from viaggio.journey.filter.model import MONEY
from viaggio.web.shared import formats
from viaggio.web.shared.names import dimension_name

Say = Callable[[str, str], str]
"""What people call a value of a dimension."""

_SECOND = 1_000_000
_DAY, _HOUR, _MINUTE = 86_400 * _SECOND, 3_600 * _SECOND, 60 * _SECOND


def condition_words(condition: Condition, say: Say) -> str:
    """A condition as people say it."""
    match condition:
        case AllOf(parts):
            text = _(" and ").join(_inside(part, say) for part in parts)
        case AnyOf(parts):
            text = _(" or ").join(_inside(part, say) for part in parts)
        case Not(what):
            text = _opposite(what, say)
        case Did():
            text = _did(condition, say, _("customers who passed %(what)s"))
        case _:
            text = _plain(condition, say)
    return text


def _inside(condition: Condition, say: Say) -> str:
    text = condition_words(condition, say)
    return f"({text})" if isinstance(condition, AllOf | AnyOf) else text


def _plain(condition: Every | Among | Missing | Compared | During, say: Say) -> str:
    match condition:
        case Among(name, values):
            text = f"{_name(name)}: {_values(name, values, say)}"
        case Missing(name):
            text = _("%(name)s: not stated") % {"name": _name(name)}
        case Compared(name, sign, bound):
            signs = {"<=": "≤", ">=": "≥"}
            text = f"{_name(name)} {signs.get(sign, sign)} {_bound(name, bound)}"
        case During(period):
            text = formats.period_text(period)
        case Every():
            text = _("everything")
    return text


def _opposite(what: Condition, say: Say) -> str:
    match what:
        case Among(name, values):
            said = {"name": _name(name), "values": _values(name, values, say)}
            text = _("%(name)s: not %(values)s") % said
        case Missing(name):
            text = _("%(name)s: stated") % {"name": _name(name)}
        case Did():
            text = _did(what, say, _("customers who did not pass %(what)s"))
        case _:
            text = _("not (%(what)s)") % {"what": condition_words(what, say)}
    return text


def _did(did: Did, say: Say, sentence: str) -> str:
    pieces = [sentence % {"what": _deed(did.what, say)}]
    if did.times > 1:
        times = ngettext("at least %(n)d time", "at least %(n)d times", did.times)
        pieces.append(times % {"n": did.times})
    if did.within is not None:
        pieces.append(_within(did.within, say))
    if did.during is not None:
        pieces.append(_("in %(period)s") % {"period": formats.period_text(did.during)})
    return " ".join(pieces)


def _deed(what: Condition, say: Say) -> str:
    if isinstance(what, Among) and what.name == "touchpoint" and what.values:
        return _(" or ").join(say("touchpoint", value) for value in what.values)
    return _("any touchpoint") if isinstance(what, Every) else f"({condition_words(what, say)})"


def _within(within: Within, say: Say) -> str:
    sentences = {
        "of": _("within %(time)s of %(what)s"),
        "after": _("within %(time)s after %(what)s"),
        "before": _("within %(time)s before %(what)s"),
    }
    time = {"time": length_words(within.micros)}
    if within.first:
        return _("within %(time)s of their first contact") % time
    if within.anchor is None:
        return _("within %(time)s of one another") % time
    return sentences[within.side] % {**time, "what": _deed(within.anchor, say)}


def _values(name: str, values: tuple[str, ...], say: Say) -> str:
    return ", ".join(say(name, value) for value in values) or _("none")


def _name(name: str) -> str:
    names = {
        "outcome": _("Outcome"), "value": _("Value"), "cost": _("Cost"), "duration": _("Duration"),
        "customer": _("Customer"), "account": _("Business customer"), "city": _("Town"),
    }  # fmt: skip
    return names.get(name) or dimension_name(name)


def _bound(name: str, bound: int) -> str:
    return formats.number(bound / 100, 2 if bound % 100 else 0) if name in MONEY else length_words(bound)


def length_words(micros: int) -> str:
    """A length of time in its largest whole unit up to days."""
    if micros % _DAY == 0:
        text, many = ngettext("%(n)d day", "%(n)d days", micros // _DAY), micros // _DAY
    elif micros % _HOUR == 0:
        text, many = ngettext("%(n)d hour", "%(n)d hours", micros // _HOUR), micros // _HOUR
    elif micros % _MINUTE == 0:
        text, many = ngettext("%(n)d minute", "%(n)d minutes", micros // _MINUTE), micros // _MINUTE
    else:
        text, many = ngettext("%(n)d second", "%(n)d seconds", micros // _SECOND), micros // _SECOND
    return text % {"n": many}
