"""Make the first pages quick: ask what the pages of journey and scores ask before anybody does."""

import gc
import logging
import threading
from collections.abc import Iterator

logger = logging.getLogger("viaggio.warm")


class WarmUp(threading.Thread):
    """Asks the first pages' questions once, in the background. Never fails, never holds up the end."""

    def __init__(self) -> None:
        super().__init__(name="viaggio-warm-up", daemon=True)
        self._ended = threading.Event()

    def run(self) -> None:
        """One page after the other until all are asked or the server stops."""
        from django.db import connections

        try:
            for _page in pages():
                if self._ended.is_set():
                    break
        except Exception:  # pages are merely slower without; a broken one says so itself
            logger.debug("The warm-up ended early.", exc_info=True)
        finally:
            connections.close_all()
            gc.freeze()  # what is loaded stays: no collection walks over it while somebody waits

    def stop(self) -> None:
        """Ask nothing more after the page being asked."""
        self._ended.set()
        gc.unfreeze()  # at the end everything is collected, or libraries complain of what was left


def pages() -> Iterator[str]:
    """Work out the first pages as they are first opened; yields their queries.

    First for those who may see customers, then for those who see figures only; nothing more, as whoever opens
    a page meanwhile shares the processor. Nothing without data.
    """
    from django.http import QueryDict
    from django.template.loader import get_template
    from django.utils import timezone

    from viaggio.kernel import EVERYBODY, BadWorkspace
    from viaggio.web.journey.services.overview import overview
    from viaggio.web.scores.services.overview import warm_scores
    from viaggio.web.shared.desk import Desk
    from viaggio.web.shared.extent import extent
    from viaggio.web.shared.filters import Filters
    from viaggio.web.shared.workspace import current_engine, workspace

    for template in ("journey/home.html", "scores/home.html"):
        get_template(template)
    try:
        engine, here = current_engine(), workspace()
    except BadWorkspace:
        return
    today = timezone.now().astimezone(here.zone).date()
    held = extent(engine, here.zone, today)
    if held.empty:
        return
    for sees in (True, False):
        filters = Filters.read(QueryDict(), held, EVERYBODY, today, str(here.zone))
        minimum = 0 if sees else here.settings.minimum_cell
        overview(Desk(engine=engine, workspace=here, filters=filters, minimum=minimum, sees_customers=sees))
        yield ""
    for sees in (True, False):
        filters = Filters.read(QueryDict(), held, EVERYBODY, today, str(here.zone))
        warm_scores(engine, here, filters, sees=sees)
        yield "scores"
