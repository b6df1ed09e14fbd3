"""Texts with HTML become plain text: what was markup is gone, what was text stays, whatever it looks like."""

import re
from html import escape, unescape
from html.parser import HTMLParser

_BLANKS = re.compile(r"[ \t\xa0]+")
_LINES = re.compile(r" ?\n ?(\n ?)*")
_ANY_TAG = re.compile(r"</?[a-zA-Z!][^>]*>")
_LINE_TAGS = frozenset(
    {"br", "p", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6"}
)
_SILENT = frozenset({"script", "style", "head", "title"})
_HARMLESS = _LINE_TAGS | frozenset(
    {"span", "strong", "b", "em", "i", "u", "font", "center", "small", "tbody", "td"}
)
LONGEST = 200_000


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.lost: set[str] = set()
        self._silent = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LINE_TAGS:
            self.parts.append("\n")
        if tag in _SILENT:
            self._silent += 1
        if tag not in _HARMLESS:
            self.lost.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _LINE_TAGS and tag != "br":
            self.parts.append("\n")
        if tag in _SILENT and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def plain_text(text: str) -> tuple[str, frozenset[str]]:
    """The words of an HTML text, and the tags that carried more than words (links, pictures, scripts).

    A text that is nothing but such tags stays as it was written: somebody's words, shown as words.
    """
    text = text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n")
    if "<" not in text or not _ANY_TAG.search(text):
        return _tidy(unescape(text)), frozenset()
    reader = _Text()
    reader.feed(text)
    reader.close()
    words = _tidy("".join(reader.parts))
    return (words or _tidy(text)), frozenset(reader.lost)


def html_text(text: str) -> str:
    """Plain text as HTML that reads back as the same text."""
    return escape(text, quote=False).replace("\n", "<br>")


def _tidy(text: str) -> str:
    text = "".join(c for c in text if c in "\n\t" or (c >= " " and not "\ud800" <= c <= "\udfff"))
    return _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()
