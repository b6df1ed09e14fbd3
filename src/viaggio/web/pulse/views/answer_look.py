"""Style and script of the answer pages: they stand in the page, so that one request shows it all.

The policy names both by their SHA-256; anything else inside a page stays forbidden, as everywhere.
"""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.csp import CSP
from django.utils.safestring import SafeString, mark_safe

_INLINE = Path(__file__).parents[1] / "inline"


def _small(text: str, *, comment: str) -> str:
    """Without comments and without the blanks that only people need."""
    text = re.sub(comment, "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"\s*\n\s*", "\n", text).strip()


@cache
def style() -> str:
    """The style sheet, without comments and needless blanks."""
    text = _small((_INLINE / "answer.css").read_text(encoding="utf-8"), comment=r"/\*.*?\*/")
    return re.sub(r"\s*([{};,])\s*", r"\1", text.replace("\n", " "))


@cache
def script() -> str:
    """The script of the page."""
    return _small((_INLINE / "answer.js").read_text(encoding="utf-8"), comment=r"^//.*?$")


def _hashed(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def policy() -> dict[str, Any]:
    """The content security policy of an answer page: our own words and nothing from anywhere."""
    return {
        **settings.SECURE_CSP,
        "script-src": [_hashed(script())],
        "style-src": [_hashed(style())],
        "img-src": [CSP.SELF, "data:"],
        "font-src": [CSP.NONE],
    }


def styled_by(text: str) -> dict[str, Any]:
    """The content security policy of a page with this one style sheet and no script."""
    return {**settings.SECURE_CSP, "script-src": [CSP.NONE], "style-src": [_hashed(text)]}


def speak(language: str) -> None:
    """Our own words are Italian or English; a questionnaire in a third language has English ones around."""
    translation.activate(language if language in dict(settings.LANGUAGES) else "en")


def draw(template: str, language: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page for a respondent in their language; no cookie, no cache, nothing loaded besides."""
    speak(language)
    page = {
        "language": language,
        "style": _element("style", style()),
        "script": _element("script", script()),
        **context,
    }
    response = HttpResponse(render_to_string(f"pulse/answer/{template}.html", page), status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response._csp_config = policy()  # type: ignore[attr-defined]  # noqa: SLF001 -- what csp_override sets
    return response


def _element(name: str, text: str) -> SafeString:
    return mark_safe(f"<{name}>{text}</{name}>")  # noqa: S308 -- our own file
