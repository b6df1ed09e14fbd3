"""What figures behind a statement are shown with: touchpoints by name, and the smallest cell."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from viaggio.incentive.plan import read_plan
from viaggio.kernel import BadWorkspace
from viaggio.web.incentive.models import Run
from viaggio.web.shared.extent import extent
from viaggio.web.shared.workspace import current_engine, workspace


def touchpoint_rows() -> Mapping[str, Mapping[str, Any]]:
    """The company's touchpoints by slug; none without data."""
    try:
        engine = current_engine()
    except (BadWorkspace, ImportError):
        return {}
    return extent(engine, engine.zone, timezone.localtime(timezone=engine.zone).date()).touchpoints


def smallest_cell(run: Run) -> int:
    """So many answers a shown cell has at least: the plan's own number or the company's, the larger one."""
    return max(
        read_plan(run.version.document).guard_rails.k_responses, workspace().settings.minimum_cell or 0
    )
