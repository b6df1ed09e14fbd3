"""Touchpoints by the names that the company gave them, and the smallest cell that a run may show."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from viaggio.kernel import BadWorkspace
from viaggio.web.incentive.models import Run
from viaggio.web.incentive.services.plans import plan_of
from viaggio.web.shared.extent import extent
from viaggio.web.shared.workspace import current_engine


def touchpoint_rows() -> Mapping[str, Mapping[str, Any]]:
    """Catalogue rows by slug; none without a workspace."""
    try:
        engine = current_engine()
    except (BadWorkspace, ImportError):
        return {}
    return extent(engine, engine.zone, timezone.localtime(timezone=engine.zone).date()).touchpoints


def smallest_cell(run: Run) -> int:
    """Answers that a figure needs to be shown under the plan of a run."""
    return plan_of(run.version).guard_rails.k_responses
