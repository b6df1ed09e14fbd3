"""A change between two readings: how large, for better or worse, and whether it is more than chance."""

import math
from dataclasses import dataclass
from typing import Literal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.kernel import Direction, Flag, Reading
from viaggio.web.shared import formats

Tone = Literal["up", "dn", "eq"]
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Change:
    """`text` is signed; `tone` is up for better, dn for worse, eq for neither or not more than chance."""

    text: str
    tone: Tone
    sure: bool

    @property
    def html(self) -> SafeString:
        """The change in its colour; what colour says is said in words too."""
        if not self.text:
            return format_html("{}", "")
        words = {"up": _("better"), "dn": _("worse"), "eq": "" if self.sure else _("within chance")}[
            self.tone
        ]
        hint = format_html('<span class="sr"> ({})</span>', words) if words else ""
        return format_html('<span class="d {}" title="{}">{}{}</span>', self.tone, words, self.text, hint)


NO_CHANGE = Change("", "eq", sure=False)


def _error(reading: Reading) -> float | None:
    """Half the interval's width in units of the normal quantile; 0 where every case is counted."""
    if Flag.CENSUS in reading.flags:
        return 0.0
    if reading.low is None or reading.high is None:
        return None
    return (reading.high - reading.low) / (2 * Z95)


def change(now: Reading, before: Reading | None) -> Change:
    """The change from `before` to `now`.

    It counts as real when the difference of two independent estimates excludes 0 at 95 %: its error is the
    root of the sum of the squared errors. Without intervals of both, or on a
    base below the minimum, nothing is claimed.
    """
    if before is None or now.value is None or before.value is None:
        return NO_CHANGE
    text = formats.delta_text(now, before)
    if now.currency != before.currency or now.scale != before.scale:
        return NO_CHANGE
    step = float(now.value) - float(before.value)
    errors = _error(now), _error(before)
    if errors[0] is None or errors[1] is None or Flag.BELOW_MINIMUM in now.flags | before.flags:
        return Change(text, "eq", sure=False)
    sure = abs(step) > Z95 * math.hypot(errors[0], errors[1])
    if not sure or now.better is Direction.NONE:
        return Change(text, "eq", sure=sure)
    return Change(text, "up" if (step > 0) == (now.better is Direction.UP) else "dn", sure=True)
