"""The few marks that every chart is made of, escaped and free of inline style."""

import math
from collections.abc import Iterable, Sequence

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

type Attribute = str | float | int | None


def px(value: float) -> str:
    """A coordinate with at most one decimal; raises `ValueError` for what is no number."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is no coordinate")
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def el(tag: str, /, *children: str, **attributes: Attribute) -> SafeString:
    """One element. `class_` and `font_size` become `class` and `font-size`; None leaves an attribute out."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    body = "".join(conditional_escape(child) for child in children)
    # Tag and attribute names are ours, values and children are escaped just above.
    return mark_safe(f"<{tag}{written}>{body}</{tag}>" if body else f"<{tag}{written}/>")  # noqa: S308 -- see above


def _value(value: str | float) -> str:
    return px(value) if isinstance(value, int | float) else str(conditional_escape(value))


def join(parts: Iterable[str]) -> SafeString:
    """Parts in a row, each escaped unless it is safe already."""
    return mark_safe("".join(conditional_escape(part) for part in parts))  # noqa: S308 -- escaped one by one


def polyline(points: Sequence[tuple[float, float]]) -> str:
    """Path data through the points, in order."""
    return "M" + "L".join(f"{px(x)} {px(y)}" for x, y in points)


def picture(
    width: float, height: float, *children: str, key: str, title: str, about: str, linked: bool = False
) -> SafeString:
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


def text(x: float, y: float, words: str, *, kind: str = "", anchor: str | None = None) -> SafeString:
    """Text with its baseline start at a point; `kind` names CSS classes."""
    return el("text", words, x=x, y=y, class_=f"ch-text {kind}".strip(), text_anchor=anchor)


def hidden(words: str) -> SafeString:
    """Words for screen readers only."""
    return format_html('<span class="sr">{}</span>', words)
