"""The marks of `viaggio.drawing` as strings that templates take as safe."""

from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.safestring import SafeString

from viaggio.drawing import svg
from viaggio.drawing.svg import Attribute, polyline, px

__all__ = ["Attribute", "el", "hidden", "join", "picture", "polyline", "px", "text"]


def el(tag: str, /, *children: str, **attributes: Attribute) -> SafeString:
    """One element. `class_` and `font_size` become `class` and `font-size`; None leaves an attribute out."""
    return SafeString(svg.el(tag, *children, **attributes))


def join(parts: Iterable[str]) -> SafeString:
    """Parts in a row, each escaped unless it is safe already."""
    return SafeString(svg.join(parts))


def picture(
    width: float, height: float, *children: str, key: str, title: str, about: str, linked: bool = False
) -> SafeString:
    """The `<svg>` with its title and description; one with links in it is a group, not an image."""
    return SafeString(svg.picture(width, height, *children, key=key, title=title, about=about, linked=linked))


def text(x: float, y: float, words: str, *, kind: str = "", anchor: str | None = None) -> SafeString:
    """Text with its baseline start at a point; `kind` names CSS classes."""
    return SafeString(svg.text(x, y, words, kind=kind, anchor=anchor))


def hidden(words: str) -> SafeString:
    """Words for screen readers only."""
    return format_html('<span class="sr">{}</span>', words)
