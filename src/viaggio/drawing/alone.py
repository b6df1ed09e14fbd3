"""A drawing that stands alone, in a notebook or a file: with its own paper and style, for light and dark.

The colours are those of the pages (`web/static/viaggio/tokens.css`); a test keeps them in step.
"""

import re

from viaggio.drawing.svg import Drawing, el

COLOURS = {
    "surface": ("#FFFFFF", "#17232A"), "ink": ("#17252E", "#E8E4DA"), "ink2": ("#4A5A64", "#A9B6BC"),
    "line": ("#E3DCCF", "#2B3A43"), "brand": ("#0B5D6B", "#7FD0DC"), "p1": ("#1D5FA8", "#7FB2FE"),
    "p2": ("#C8790F", "#F2B04F"), "p3": ("#2A9D8F", "#62DCC8"), "p4": ("#6B2D5C", "#B98AB7"),
    "det": ("#B4472B", "#F08A66"), "pro": ("#14707E", "#58B8C6"),
}  # fmt: skip
"""Each colour on light and on dark paper."""

EDGE = 18.0
"""Paper around the drawing."""

_RULES = (
    (".ch-text", "font:400 12.5px system-ui,sans-serif;fill:var(--ink)"),
    (".ch-axis,.ch-note", "fill:var(--ink2)"),
    (".ch-head", "font-weight:600;font-size:14px"),
    (".ch-name", "font-size:13.5px"),
    (".ch-lost", "font-weight:600;fill:var(--det)"),
    (".ch-came", "font-weight:600;fill:var(--pro)"),
    (
        ".ch-name,.ch-lost,.ch-came",
        "paint-order:stroke;stroke:var(--surface);stroke-width:3px;stroke-opacity:.75",
    ),
    (".ch-grid", "stroke:var(--line);stroke-width:1"),
    (".ch-band", "fill:var(--brand);opacity:.17"),
    (".ch-line", "fill:none;stroke:var(--brand);stroke-width:2.2;stroke-linejoin:round"),
    (".ch-dot,.ch-bar", "fill:var(--brand)"),
    (".ch-bar", "opacity:.75"),
    (".ch-whisker", "stroke:var(--ink);stroke-width:1.6"),
    (".ch-ribbon", "fill:var(--c);opacity:.3"),
    (".ch-hit", "fill:transparent"),
    (".ph-fill", "fill:var(--c)"),
    (".exit-a", "stop-color:var(--det);stop-opacity:.65"),
    (".exit-b", "stop-color:var(--det);stop-opacity:0"),
    (".entry-a", "stop-color:var(--pro);stop-opacity:0"),
    (".entry-b", "stop-color:var(--pro);stop-opacity:.6"),
    (".paper", "fill:var(--surface)"),
    *((f".p{n}", f"--c:var(--{f'p{n}' if n else 'brand'})") for n in range(5)),
)
_OPENING = re.compile(r'<svg viewBox="0 0 ([\d.]+) ([\d.]+)"(.*?) class="ch">')


def alone(drawing: Drawing) -> Drawing:
    """The drawing with its style and paper inside; its style touches no other drawing of the same page."""
    opening = _OPENING.match(drawing)
    if opening is None:
        raise ValueError("only a picture can stand alone")
    width, height = float(opening[1]) + 2 * EDGE, float(opening[2]) + 2 * EDGE
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-{EDGE:g} -{EDGE:g} {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}"{opening[3]} class="vg-alone">'
    )
    paper = el("rect", x=-EDGE, y=-EDGE, width=width, height=height, rx=10, class_="paper")
    return Drawing(f"{head}{_style()}{paper}{drawing[opening.end() :]}")


def _style() -> str:
    light, dark = (";".join(f"--{name}:{pair[side]}" for name, pair in COLOURS.items()) for side in (0, 1))
    rules = "".join(
        f"{','.join(f'.vg-alone {one}' for one in names.split(','))}{{{rule}}}" for names, rule in _RULES
    )
    return (
        f"<style>.vg-alone{{{light};max-width:100%;height:auto}}"
        f"@media (prefers-color-scheme:dark){{.vg-alone{{{dark}}}}}{rules}</style>"
    )
