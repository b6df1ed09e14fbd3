"""The token API of shared incentives: what is in the records, and sums of what somebody sends along."""

from viaggio.web.incentive.api.records import router
from viaggio.web.incentive.api.sums import sums

__all__ = ["router"]

router.add_router("", sums)
