"""What staff wrote about pay may name a customer: the name goes, the text stays.

Nothing else of pay is touched: a run is computed from its snapshot, which holds figures of whole cells and no
person, so an erasure changes no amount, and every run can be computed again.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from viaggio.web.incentive.models import Dispute, Flag
from viaggio.web.shared.erasing.keepers import register
from viaggio.web.shared.erasing.texts import Texts

if TYPE_CHECKING:
    from viaggio.store.erasure import Request
    from viaggio.store.workspace import Workspace

_TEXTS = (Texts(Dispute, ("text", "answer")), Texts(Flag, ("finding", "reason")))


def start() -> None:
    """Be asked whenever a person is erased."""
    register("incentive", PayKeeper())


class PayKeeper:
    """Disputes and flags."""

    def settle(self, ws: "Workspace") -> None:
        """Nothing of it lands."""

    def look(self, request: "Request") -> Mapping[str, int]:
        """Texts that name the person."""
        return {"records.texts": sum(1 for one in _TEXTS for _ in one.named(request.traces))}

    def erase(self, request: "Request") -> None:
        """Take the person out of these texts."""
        for one in _TEXTS:
            one.silence(request.traces)
