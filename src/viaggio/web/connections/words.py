"""What people read for the codes of the post: kinds, states, answers, events, faults of an address."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: Mapping[str, Promise] = {
    "mail": _("E-mail"),
    "gateway": _("SMS or WhatsApp"),
    "webhook": _("Webhook"),
}
STATES: Mapping[str, Promise] = {
    "waiting": _("waiting"),
    "sending": _("on its way"),
    "sent": _("delivered"),
    "failed": _("not delivered"),
    "bounced": _("came back"),
    "withdrawn": _("not sent"),
}
EVENTS: Mapping[str, Promise] = {
    "response.completed": _("A customer has answered"),
    "alert.raised": _("An alert was raised"),
}
SUPPRESSED: Mapping[str, Promise] = {
    "unsubscribed": _("asked us not to write"),
    "bounced": _("mail came back"),
    "complained": _("called our mail spam"),
    "by_hand": _("put on the list by us"),
}
ANSWERS: Mapping[str, Promise] = {
    "endpoint_deleted": _("The endpoint was deleted."),
    "endpoint_paused": _("The endpoint was paused."),
    "suppressed_unsubscribed": _("This address asked us not to write."),
    "suppressed_bounced": _("Mail to this address came back before."),
    "suppressed_complained": _("This address called our mail spam."),
    "suppressed_by_hand": _("This address was put on the list by hand."),
    "no_address": _("There was no address."),
    "erased": _("The customer was erased."),
    "expired": _("The time to answer was over."),
    "complete": _("The customer had answered already."),
    "refused": _("The customer did not want to answer."),
    "bounced": _("An earlier message came back."),
    "pulse_paused": _("The pulse is paused."),
    "complaint": _("The reader called it spam."),
    "inside": _("The address lies inside a private network."),
    "unknown_host": _("There is no such server."),
    "not_https": _("The address does not begin with https."),
    "bad_url": _("The address can not be called."),
    "TimeoutError": _("No answer came in time."),
    "ConnectionRefusedError": _("The other side refused the connection."),
    "410": _("The endpoint wants no more calls (410): it was paused."),
}
REFUSED_URLS: Mapping[str, Promise] = {
    "inside": _(
        "This address lies inside a private network. Give one that can be reached from the internet."
    ),
    "unknown_host": _("There is no server of this name. Check the spelling."),
    "not_https": _("The address must begin with https, so that nobody reads along."),
    "bad_url": _("This is no address we can call. Write it as https://example.com/path."),
}


def answer_words(answer: str) -> str:
    """What became of a try, in words where we know them, else as the other side said it."""
    return str(ANSWERS.get(answer, answer))
