"""Touchpoints of a plan by the names that the company gave them."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from viaggio.kernel import BadWorkspace
from viaggio.web.shared.extent import extent
from viaggio.web.shared.names.journey import touchpoint_name
from viaggio.web.shared.workspace import current_engine


def touchpoint_called(slug: str) -> str:
    """A touchpoint's name in the reader's language; its slug made readable where nobody named it."""
    return touchpoint_name(slug, _catalogue())


def _catalogue() -> Mapping[str, Mapping[str, Any]]:
    try:
        engine = current_engine()
    except (BadWorkspace, ImportError):
        return {}
    return extent(engine, engine.zone, timezone.localtime(timezone=engine.zone).date()).touchpoints
