"""Touchpoint by channel as a table whose cells are links, tinted by how far they are from the middle."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.web.shared.charts.svg import join

STEPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell. `said` is None where there is no value; then `reason` says why (empty: nothing there).

    `few` cells rest on too little to be judged: they have no tint.
    """

    said: str | None
    href: str = ""
    level: int = 0
    about: str = ""
    few: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """One row with its cells in the order of the columns; `mark` is drawn before the name."""

    name: str
    href: str
    cells: tuple[Cell, ...]
    mark: SafeString | str = ""


def level(value: float, middle: float, spread: float) -> int:
    """From -5 to 5: how many fifths of `spread` a value lies from `middle`."""
    if spread <= 0:
        return 0
    return max(-STEPS, min(STEPS, round(STEPS * (value - middle) / spread)))


def heat_map(rows: Sequence[HeatRow], columns: Sequence[str], *, title: str, corner: str) -> SafeString:
    """The table; it scrolls inside its own box where the page is narrow."""
    head = format_html_join("", '<th scope="col">{}</th>', ((column,) for column in columns))
    body = join(_row(row) for row in rows)
    return format_html(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table class="heat">'
        '<caption class="sr">{}</caption><thead><tr><th scope="col">{}</th>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        _("Table: %(title)s") % {"title": title}, title, corner, head, body,
    )  # fmt: skip


def _row(row: HeatRow) -> SafeString:
    cells = join(_cell(cell) for cell in row.cells)
    return format_html(
        '<tr><th scope="row">{}<a href="{}">{}</a></th>{}</tr>', row.mark, row.href, row.name, cells
    )


def _cell(cell: Cell) -> SafeString:
    if cell.said is None:
        why = cell.reason or _("nothing here")
        return format_html(
            '<td><span class="na" title="{}"><span aria-hidden="true">·</span>'
            '<span class="sr">{}</span></span></td>',
            why, why,
        )  # fmt: skip
    tint = "few" if cell.few else f"h{'m' if cell.level < 0 else 'p'}{abs(cell.level)}"
    return format_html(
        '<td><a class="{}" href="{}" title="{}">{}</a></td>', tint, cell.href, cell.about, cell.said
    )
