"""Dot plot of the six pillars: value with interval, previous value, target; one row each, a real table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from viaggio.drawing.scale import Scale, around, finite
from viaggio.web.shared.charts.svg import el, join


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One row. `tone` is up, dn or eq: how the change is judged. `said` and `delta` are ready to read.

    `more` are further cells of the row, under the headings that the plot was given for them.
    """

    name: str
    href: str
    value: float | None
    said: str
    n: int
    low: float | None = None
    high: float | None = None
    before: float | None = None
    target: float | None = None
    delta: SafeString | str = ""
    tone: str = "eq"
    more: tuple[SafeString | str, ...] = ()


def dot_plot(
    dots: Sequence[Dot],
    *,
    title: str,
    say: Callable[[float], str],
    limits: tuple[float, float],
    name: str | None = None,
    more: Sequence[str] = (),
) -> SafeString:
    """The table of all rows on one common scale; with `more` columns its headings are seen."""
    values = finite(v for d in dots for v in (d.value, d.low, d.high, d.before, d.target))
    low, high = around(values, limits)
    scale = Scale(low, high, 2, 98)
    kind = "dots broad" if more else "dots"
    columns = [name or _("Name"), _("Interval and period before"), _("Value"), *more]
    heads = format_html_join("", '<th scope="col">{}</th>', ((column,) for column in columns))
    head = format_html(
        '<caption class="sr">{}</caption><thead{}><tr>{}</tr></thead>',
        title, "" if more else mark_safe(' class="sr"'), heads,
    )  # fmt: skip
    rows = join(_row(dot, scale, say, more) for dot in dots)
    return format_html('<table class="{}">{}<tbody>{}</tbody></table>', kind, head, rows)


def _row(dot: Dot, scale: Scale, say: Callable[[float], str], more: Sequence[str]) -> SafeString:
    further = format_html_join(
        "", '<td class="more" data-label="{}">{}</td>', zip(more, dot.more, strict=True)
    )
    label = format_html('<a href="{}">{}</a>', dot.href, dot.name) if dot.href else dot.name
    return format_html(
        '<tr><th scope="row">{}</th><td class="dots-plot">{}{}</td>'
        '<td class="n"><b>{}</b> {}</td>{}</tr>',
        label, _plot(dot, scale), _words(dot, say), dot.said, dot.delta, further,
    )  # fmt: skip


def _plot(dot: Dot, scale: Scale) -> SafeString:
    """Positions are shares of the width, so that the marks keep their size at any width."""

    def at(value: float) -> str:
        return f"{scale(value):.1f}%"

    marks = [el("line", x1="0%", x2="100%", y1=13, y2=13, class_="ch-grid")]
    if dot.low is not None and dot.high is not None:
        marks.append(el("line", x1=at(dot.low), x2=at(dot.high), y1=13, y2=13, class_=f"ch-range {dot.tone}"))
    if dot.target is not None:
        marks.append(el("line", x1=at(dot.target), x2=at(dot.target), y1=6, y2=20, class_="ch-target"))
    if dot.before is not None:
        marks.append(el("circle", cx=at(dot.before), cy=13, r=4.5, class_=f"ch-was {dot.tone}"))
    if dot.value is not None:
        marks.append(el("circle", cx=at(dot.value), cy=13, r=5, class_=f"ch-now {dot.tone}"))
    return el("svg", *marks, width="100%", height=26, aria_hidden="true", class_="ch")


def _words(dot: Dot, say: Callable[[float], str]) -> SafeString:
    said = []
    if dot.low is not None and dot.high is not None:
        said.append(_("from %(low)s to %(high)s") % {"low": say(dot.low), "high": say(dot.high)})
    if dot.before is not None:
        said.append(_("before: %(value)s") % {"value": say(dot.before)})
    if dot.target is not None:
        said.append(_("target: %(value)s") % {"value": say(dot.target)})
    return format_html('<span class="sr">{}</span>', "; ".join(said))
