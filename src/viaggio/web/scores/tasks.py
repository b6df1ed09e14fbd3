"""Work of the scores pages in the background."""

from django.http import QueryDict
from django.tasks import task
from django.utils import timezone

from viaggio.kernel import EVERYBODY
from viaggio.web.scores.services.overview import warm_scores
from viaggio.web.scores.services.watching import look
from viaggio.web.shared.extent import extent
from viaggio.web.shared.filters import Filters
from viaggio.web.shared.workspace import current_engine, workspace


@task()
def look_at_watched() -> int:
    """Test the watched figures, then make the scores page quick; returns the number of alerts raised.

    Safe to run twice.
    """
    raised = look(timezone.now())
    engine, here = current_engine(), workspace()
    today = timezone.now().astimezone(here.zone).date()
    held = extent(engine, here.zone, today)
    if not held.empty:
        filters = Filters.read(QueryDict(), held, EVERYBODY, today, str(here.zone))
        warm_scores(engine, here, filters, sees=True)
    return raised
