"""Files of the program that go into print: fonts, style sheets, colours of drawings."""

from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString, mark_safe

DRAWING_STYLES = "incentive/print-charts.css"


def static_file(name: str) -> Path:
    """The place of a static file; raises `FileNotFoundError`."""
    place = finders.find(name)
    if not isinstance(place, str):
        raise FileNotFoundError(name)
    return Path(place)


@lru_cache(maxsize=1)
def _colours() -> str:
    return f"<style>{static_file(DRAWING_STYLES).read_text(encoding='utf-8')}</style>"


def for_print(drawing: str) -> SafeString:
    """A drawing with its colours inside, since print knows no style sheet of the page."""
    return mark_safe(drawing.replace("</desc>", "</desc>" + _colours(), 1))  # noqa: S308 -- our drawing, our file
