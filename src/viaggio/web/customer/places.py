"""What people call the places in which a customer's data lie."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viaggio.web.customer.names import MOMENTS

_PLACES: Mapping[str, Promise] = {
    **{f"facts.{name}": words for name, words in MOMENTS.items()},
    "facts.customers": gettext_lazy("Profiles, as the sources told them"),
    "facts.identifiers": gettext_lazy("Identifiers"),
    "facts.order_lines": gettext_lazy("Lines of orders"),
    "facts.coverage": gettext_lazy("Whether to be asked, and what came of it"),
    "facts.weights": gettext_lazy("Weights of answers"),
    "facts.employments": gettext_lazy("Employments"),
    "records.invitations": gettext_lazy("Requests to answer"),
    "records.responses": gettext_lazy("Answers on our pages"),
    "records.clocks": gettext_lazy("When last asked"),
    "records.messages": gettext_lazy("Mails, messages and calls"),
    "records.texts": gettext_lazy("Texts that name the person"),
    "landing.unread": gettext_lazy("Imports that can not be read any more"),
    "files.exports": gettext_lazy("Exported files"),
    "files.cache": gettext_lazy("Files brought and not imported yet"),
    "files.fielding": gettext_lazy("Draws on their way into the data"),
}


def place_name(place: str) -> str:
    """The word for a place of the ledger of erasures."""
    known = _PLACES.get(place)
    if known is not None:
        return str(known)
    return _("Files: %(name)s") % {"name": place.partition(".")[2]}
