"""Work of the scores pages in the background."""

from django.tasks import task
from django.utils import timezone

from viaggio.web.scores.services.watching import look


@task()
def look_at_watched() -> int:
    """Test the watched figures; returns the number of alerts raised. Safe to run twice."""
    return look(timezone.now())
