"""Verdicts, chance and weights in words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.kernel import Reading, Unit
from viaggio.web.shared import formats
from viaggio.web.shared.charts.svg import el

if TYPE_CHECKING:
    from viaggio.store.changes import Change

TONES = {"improved": "up", "worsened": "dn"}
_SIGNS = {
    "improved": "M3 9L7 4L11 9Z", "worsened": "M3 5L7 10L11 5Z", "no_clear_change": "M2 6H12V8H2Z",
    "too_few": "M6 2H8V8H6ZM6 10H8V12H6Z",
}  # fmt: skip
_STEPS = (0.001, 0.01, 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A verdict ready to read. `tone` is up, dn or eq; `chance` says how often chance alone shows as much."""

    code: str
    word: str
    tone: str
    delta: str
    interval: str
    chance: str

    @property
    def html(self) -> SafeString:
        """Sign and word; the colour only repeats them."""
        sign = el(
            "svg", el("path", d=_SIGNS[self.code]), viewBox="0 0 14 14", width=14, height=14,
            aria_hidden="true", class_="ch sign",
        )  # fmt: skip
        return format_html('<span class="verdict {}">{}{}</span>', self.tone, sign, self.word)


def verdict_word(code: str) -> str:
    """What may be said of a change."""
    return {
        "improved": _("improved"),
        "worsened": _("worsened"),
        "no_clear_change": _("no clear change"),
        "too_few": _("too few answers"),
    }[code]


def said_of(change: "Change | None") -> Said | None:
    """A judged change in words; None where nothing was compared."""
    if change is None:
        return None
    code = str(change.judged.verdict)
    return Said(
        code=code,
        word=verdict_word(code),
        tone=TONES.get(code, "eq"),
        delta=formats.delta_text(change.now, change.before),
        interval=difference_interval(change),
        chance=chance_words(change),
    )


def difference_interval(change: "Change", level: float = 0.95) -> str:
    """From which to which the change lies, by itself; empty where its error is not known."""
    bounds = difference_bounds(change, level)
    if bounds is None:
        return ""
    low, high = (_signed(change.now, bound) for bound in bounds)
    return _("from %(low)s to %(high)s") % {"low": low, "high": high}


def difference_bounds(change: "Change", level: float = 0.95) -> tuple[float, float] | None:
    """The interval of one change by itself, in the figure's unit; None where its error is not known."""
    from scipy.special import stdtrit

    found = change.judged.difference
    if found.value is None or not found.se or change.judged.statistic is None:
        return None
    reach = float(stdtrit(min(found.df, 1e9), 0.5 + level / 2)) * found.se
    return found.value - reach, found.value + reach


def _signed(reading: Reading, value: float) -> str:
    if reading.unit is Unit.SHARE:
        return f"{formats.number(100 * value, 1, signed=True)}{formats.NARROW}pt"
    return formats.value_text(
        value, reading.unit, currency=reading.currency, signed=True, decimals=formats.decimals_of(reading)
    )


def chance_words(change: "Change") -> str:
    """The adjusted p-value in words."""
    p = change.judged.adjusted
    if p is None:
        return _("not tested: too few answers")
    for step in _STEPS:
        if p <= step:
            return _("hardly: less than once in %(n)s") % {"n": formats.number(round(1 / step))}
    return _("quite possibly")
