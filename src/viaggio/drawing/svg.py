"""The few marks that every chart is made of, escaped and free of inline style."""

import math
from collections.abc import Iterable, Sequence
from html import escape

type Attribute = str | float | int | None


class Drawing(str):
    """Markup that is safe as it is; frameworks know it by `__html__`."""

    __slots__ = ()

    def __html__(self) -> str:
        """The markup itself."""
        return str(self)


def px(value: float) -> str:
    """A coordinate with at most one decimal; raises `ValueError` for what is no number."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is no coordinate")
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def safe(words: str) -> str:
    """Words escaped, unless they are markup already."""
    return words.__html__() if hasattr(words, "__html__") else escape(str(words))


def el(tag: str, /, *children: str, **attributes: Attribute) -> Drawing:
    """One element. `class_` and `font_size` become `class` and `font-size`; None leaves an attribute out."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    body = "".join(map(safe, children))
    return Drawing(f"<{tag}{written}>{body}</{tag}>" if body else f"<{tag}{written}/>")


def _value(value: str | float) -> str:
    return px(value) if isinstance(value, int | float) else safe(value)


def join(parts: Iterable[str]) -> Drawing:
    """Parts in a row, each escaped unless it is safe already."""
    return Drawing("".join(map(safe, parts)))


def polyline(points: Sequence[tuple[float, float]]) -> str:
    """Path data through the points, in order."""
    return "M" + "L".join(f"{px(x)} {px(y)}" for x, y in points)


def picture(
    width: float, height: float, *children: str, key: str, title: str, about: str, linked: bool = False
) -> Drawing:
    """The `<svg>` with its title and description.

    A drawing with links in it is a group to screen readers, any other one is an image: an image hides
    what is inside, so it must not hold anything that can be focused.
    """
    return el(
        "svg",
        el("title", title, id=f"{key}-t"),
        el("desc", about, id=f"{key}-d"),
        *children,
        viewBox=f"0 0 {px(width)} {px(height)}",
        role="group" if linked else "img",
        aria_labelledby=f"{key}-t",
        aria_describedby=f"{key}-d",
        class_="ch",
    )


def text(x: float, y: float, words: str, *, kind: str = "", anchor: str | None = None) -> Drawing:
    """Text with its baseline start at a point; `kind` names CSS classes."""
    return el("text", words, x=x, y=y, class_=f"ch-text {kind}".strip(), text_anchor=anchor)
