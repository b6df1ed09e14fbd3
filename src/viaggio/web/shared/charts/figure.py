"""What a chart function gives back, and the table of numbers that goes with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.web.shared.charts.svg import join


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a chart as text; the first column names the row, `links` lead to what is behind it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[str | None, ...] = ()

    def html(self, caption: str) -> SafeString:
        """The table, with row headers."""
        head = format_html_join(
            "", '<th scope="col"{}>{}</th>', ((_numeric(i), column) for i, column in enumerate(self.columns))
        )
        body = join(self._row(i, row) for i, row in enumerate(self.rows))
        return format_html(
            '<div class="scroll" tabindex="0" role="region" aria-label="{}">'
            '<table><caption class="sr">{}</caption><thead><tr>{}</tr></thead>'
            "<tbody>{}</tbody></table></div>",
            _("Table: %(title)s") % {"title": caption}, caption, head, body,
        )  # fmt: skip

    def _row(self, index: int, row: Sequence[str]) -> SafeString:
        link = self.links[index] if index < len(self.links) else None
        name = format_html('<a href="{}">{}</a>', link, row[0]) if link else row[0]
        cells = format_html_join("", '<td class="n">{}</td>', ((cell,) for cell in row[1:]))
        return format_html('<tr><th scope="row">{}</th>{}</tr>', name, cells)


def _numeric(index: int) -> SafeString | str:
    return format_html(' class="{}"', "n") if index else ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, its narrow form and its numbers. `html` is what a page shows."""

    wide: SafeString
    table: Table
    title: str
    narrow: SafeString | None = None

    @property
    def html(self) -> SafeString:
        """Both forms, of which the container's width shows one, and the numbers behind a disclosure."""
        drawing = (
            format_html(
                '<div class="ch-wide">{}</div><div class="ch-narrow">{}</div>', self.wide, self.narrow
            )
            if self.narrow is not None
            else self.wide
        )
        return format_html('<div class="ch-box">{}</div>{}', drawing, self.numbers)

    @property
    def numbers(self) -> SafeString:
        """The numbers behind a disclosure."""
        return format_html(
            '<details class="tbl"><summary>{}{}</summary>{}</details>',
            _("Show the data"),
            format_html('<span class="sr">: {}</span>', self.title),
            self.table.html(self.title),
        )
