"""Work of the office in the background: simulations."""

from django.tasks import task

from viaggio.web.incentive.services.simulating import compute


@task()
def simulate(pk: int) -> None:
    """Compute a simulation. Safe to run twice: it begins again, with the same seed."""
    compute(pk)
