"""Differences around nought: a dot with its interval in each row, on one common scale, as a real table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.drawing.scale import Scale
from viaggio.web.shared.charts.svg import el, join


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One row: what is held against nought. `sure`: the interval, or a test, leaves nought out."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    sure: bool = False
    href: str = ""


def gap_plot(
    gaps: Sequence[Gap], *, title: str, heads: tuple[str, str, str], say: Callable[[float], str]
) -> SafeString:
    """The rows; `heads`: of their names, of the drawing and of their values. `say` writes a value."""
    far = max((abs(v) for g in gaps for v in (g.value, g.low, g.high) if v is not None), default=0.0) or 1.0
    scale = Scale(-far, far, 2, 98)
    head = format_html(
        '<caption class="sr">{}</caption><thead class="sr"><tr>{}</tr></thead>',
        title,
        join(format_html('<th scope="col">{}</th>', words) for words in heads),
    )
    rows = join(_row(gap, scale, say) for gap in gaps)
    return format_html('<table class="dots gaps">{}<tbody>{}</tbody></table>', head, rows)


def _row(gap: Gap, scale: Scale, say: Callable[[float], str]) -> SafeString:
    interval = ""
    if gap.low is not None and gap.high is not None:
        interval = _("from %(low)s to %(high)s") % {"low": say(gap.low), "high": say(gap.high)}
    label = format_html('<a href="{}">{}</a>', gap.href, gap.name) if gap.href else gap.name
    return format_html(
        '<tr><th scope="row">{}</th><td class="dots-plot">{}<span class="sr">{}</span></td>'
        '<td class="n"><b>{}</b></td></tr>',
        label, _plot(gap, scale), interval, say(gap.value),
    )  # fmt: skip


def _plot(gap: Gap, scale: Scale) -> SafeString:
    def at(value: float) -> str:
        return f"{scale(value):.1f}%"

    tone = ("up" if gap.value > 0 else "dn") if gap.sure else "eq"
    marks = [
        el("line", x1="0%", x2="100%", y1=13, y2=13, class_="ch-grid"),
        el("line", x1=at(0), x2=at(0), y1=3, y2=23, class_="ch-zero"),
    ]
    if gap.low is not None and gap.high is not None:
        marks.append(el("line", x1=at(gap.low), x2=at(gap.high), y1=13, y2=13, class_=f"ch-range {tone}"))
    marks.append(el("circle", cx=at(gap.value), cy=13, r=5, class_=f"ch-now {tone}"))
    return el("svg", *marks, width="100%", height=26, aria_hidden="true", class_="ch")
