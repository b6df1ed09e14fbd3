"""One bar in several pieces that make up the whole: the weights of a plan. The numbers stand beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from viaggio.web.shared.charts.svg import el

WIDTH, HEIGHT, GAP = 400.0, 14.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of the bar: its name, its share of the whole (0 to 1), its CSS class."""

    name: str
    share: float
    kind: str


def stack(pieces: Sequence[Piece], *, about: str, whole: float = 1.0) -> SafeString:
    """The bar, as wide as its place; what is missing to the `whole` stays empty, what is too much is cut off.

    `about` tells screen readers all numbers, which stand beside the bar for everybody else.
    """
    scale = WIDTH / max(whole, sum(piece.share for piece in pieces), 1e-9)
    marks, left = [el("rect", x=0, y=0, width=WIDTH, height=HEIGHT, class_="st-rest")], 0.0
    for piece in pieces:
        width = max(piece.share, 0.0) * scale
        marks.append(
            el("rect", el("title", piece.name), x=left, y=0, width=max(width - GAP, 0.5), height=HEIGHT,
               class_=f"st-{piece.kind}")
        )  # fmt: skip
        left += width
    return el(
        "svg",
        *marks,
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        preserveAspectRatio="none",
        role="img",
        aria_label=about,
        class_="ch weigh",
    )
