"""Where customers pass: a Sankey of touchpoints with fading stubs for those who leave, and a step list."""

from collections.abc import Mapping, Sequence
from functools import partial

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.drawing.flow_layout import Flow, Node
from viaggio.drawing.phases import phase_class
from viaggio.drawing.sankey import Count, sankey
from viaggio.web.shared.charts.figure import Chart, Table
from viaggio.web.shared.charts.flow_grips import Grips, draw_grips
from viaggio.web.shared.charts.line import phase_mark
from viaggio.web.shared.charts.svg import el, join


def flow_chart(
    flow: Flow,
    *,
    key: str,
    title: str,
    about: str,
    phases: Mapping[str, str],
    count: Count,
    height: float = 420.0,
    heads: Mapping[int, str] | None = None,
    grips: Grips | None = None,
) -> Chart:
    """The Sankey for wide containers, the step list for narrow ones, and the links as a table.

    `heads`: what stands over each column, where columns are steps; else columns belong to phases. `grips`:
    what people may move, where columns are steps.
    """
    drawing = sankey(
        flow, key=f"{key}-w", title=title, about=about, count=count, height=height, heads=heads,
        phases=phases, more=partial(draw_grips, grips) if grips else None,
    )  # fmt: skip
    narrow = _steps(flow.nodes, count) if heads is None else _columns(flow.nodes, heads, count)
    return Chart(wide=SafeString(drawing), narrow=narrow, table=_table(flow, count), title=title)


def _steps(nodes: Sequence[Node], count: Count) -> SafeString:
    most = max((node.n for node in nodes), default=0) or 1
    ordered = sorted(nodes, key=lambda node: (node.column, -node.n, node.slug))
    return format_html('<ol class="stages">{}</ol>', join(_step(node, most, count) for node in ordered))


def _columns(nodes: Sequence[Node], heads: Mapping[int, str], count: Count) -> SafeString:
    """The same step by step: a heading for each column, under it its places."""
    most = max((node.n for node in nodes), default=0) or 1
    parts = []
    for column in sorted({node.column for node in nodes}):
        here = sorted((n for n in nodes if n.column == column), key=lambda n: (-n.n, n.slug))
        listed = join(_step(node, most, count) for node in here)
        parts.append(
            format_html('<h3 class="at">{}</h3><ol class="stages">{}</ol>', heads.get(column, ""), listed)
        )
    return join(parts)


def _step(node: Node, most: int, count: Count) -> SafeString:
    share, kind = f"{100 * node.n / most:.1f}%", f"ph-fill {phase_class(node.phase)}"
    bar = el(
        "svg",
        el("rect", width="100%", height=10, rx=5, class_="ch-track"),
        el("rect", width=share, height=10, rx=5, class_=kind),
        width="100%", height=10, aria_hidden="true", class_="ch",
    )  # fmt: skip
    lost = (
        format_html('<span class="lost">{}</span>', _("−%(n)s end here") % {"n": count(node.lost)})
        if node.lost
        else ""
    )
    came = (
        format_html('<span class="came">{}</span>', _("+%(n)s begin here") % {"n": count(node.came)})
        if node.came
        else ""
    )
    name = format_html('<a href="{}">{}</a>', node.href, node.name) if node.href else node.name
    return format_html(
        '<li><span class="nm">{}{}</span><b>{}</b>{}{}{}</li>',
        phase_mark(node.phase), name, node.told(count), bar, came, lost,
    )  # fmt: skip


def _table(flow: Flow, count: Count) -> Table:
    names = {node.slug: node.name for node in flow.nodes}
    links = sorted(flow.links, key=lambda link: -link.n)
    rows = [(names[k.source], names[k.target], count(k.n)) for k in links]
    rows += [(_("begins here"), node.name, count(node.came)) for node in flow.nodes if node.came]
    rows += [(node.name, _("ends here"), count(node.lost)) for node in flow.nodes if node.lost]
    hrefs = {node.slug: node.href or None for node in flow.nodes}
    ends = [hrefs[node.slug] for node in flow.nodes if node.lost]
    begins = [None for node in flow.nodes if node.came]
    return Table(
        (_("From"), _("To"), _("Customers")), tuple(rows), (*(hrefs[k.source] for k in links), *begins, *ends)
    )
