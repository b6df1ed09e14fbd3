"""What the pages call the parts of a plan, outcomes and reasons."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from viaggio.pulse.fielding import Consent, Event, PulseKind, Reason
from viaggio.pulse.model import AskedBy, AskedUnit, Outcome

KINDS: Mapping[str, Promise] = {
    PulseKind.EVENT: _("After something happened to a customer"),
    PulseKind.PERIODIC: _("Regularly, a share of all customers"),
    PulseKind.OPEN: _("Always: a link, a QR code, a kiosk or the website"),
}
KIND_SHORT: Mapping[str, Promise] = {
    PulseKind.EVENT: _("after an event"),
    PulseKind.PERIODIC: _("regularly"),
    PulseKind.OPEN: _("always open"),
}
EVENTS: Mapping[str, Promise] = {
    Event.DELIVERY: _("a delivery"),
    Event.PAYMENT: _("an invoice or payment"),
    Event.TICKET: _("a closed request for help"),
    Event.REPAIR: _("a repair"),
    Event.INTERACTION: _("any interaction at the touchpoints chosen"),
}
SURVEY_TYPES: Mapping[str, Promise] = {
    "transaction": _("about one occasion"),
    "relationship": _("about the company as a whole"),
    "product": _("about a product"),
    "internal": _("of colleagues"),
}
CONSENTS: Mapping[str, Promise] = {
    Consent.STATED: _("only who said yes to surveys"),
    Consent.NOT_REFUSED: _("everybody who did not say no"),
}
STRATA: Mapping[str, Promise] = {
    "segment": _("segment"),
    "region": _("region"),
    "channel": _("channel"),
    "touchpoint": _("touchpoint"),
    "language": _("language"),
}
CHANNELS: Mapping[str, Promise] = {
    AskedBy.EMAIL: _("E-mail"),
    AskedBy.SMS: _("SMS"),
    AskedBy.WHATSAPP: _("WhatsApp"),
    AskedBy.LINK: _("Personal link"),
    AskedBy.QR: _("QR code"),
    AskedBy.KIOSK: _("Kiosk"),
    AskedBy.WIDGET: _("Website"),
}
ASKED_BY: Mapping[str, Promise] = {**CHANNELS, AskedBy.IMPORT: _("Given elsewhere")}
WAVES: Mapping[str, Promise] = {"week": _("a week"), "month": _("a month"), "quarter": _("a quarter")}
WEEKDAYS: Mapping[str, Promise] = {
    "1": _("Monday"),
    "2": _("Tuesday"),
    "3": _("Wednesday"),
    "4": _("Thursday"),
    "5": _("Friday"),
    "6": _("Saturday"),
    "7": _("Sunday"),
}
EVERY: Mapping[str, Promise] = {"week": _("every week"), "month": _("every month")}
STATES: Mapping[str, Promise] = {
    "draft": _("draft"),
    "running": _("running"),
    "paused": pgettext_lazy("pulse", "paused"),
    "ended": pgettext_lazy("pulse", "ended"),
}
UNITS: Mapping[str, Promise] = {
    AskedUnit.INTERACTION: _("interactions"),
    AskedUnit.ORDER: _("orders"),
    AskedUnit.TICKET: _("requests for help"),
    AskedUnit.CUSTOMER: _("customers"),
}
OUTCOMES: Mapping[str, Promise] = {
    Outcome.COMPLETE: _("answered to the end"),
    Outcome.PARTIAL: _("answered in part"),
    Outcome.OPENED: _("opened, not answered"),
    Outcome.REFUSED: _("refused"),
    Outcome.EXPIRED: _("did not answer in time"),
    Outcome.BOUNCED: _("the message came back"),
    Outcome.INVITED: _("asked, no answer yet"),
    Outcome.NOT_SAMPLED: _("not drawn"),
    Outcome.RESTING: _("left alone: asked lately"),
    Outcome.NO_CONSENT: _("no consent"),
    Outcome.NO_ADDRESS: _("no address"),
}
"""In the order of the funnel: answers first, those never asked last."""
REASONS: Mapping[str, Promise] = {
    Reason.DRAWN_OTHERS: _("the draw took others"),
    Reason.REFUSED: _("said no to surveys"),
    Reason.NEVER_ASKED: _("never said yes or no"),
    Reason.UNSUBSCRIBED: _("unsubscribed"),
    Reason.NO_CUSTOMER: _("customer not known"),
    Reason.NO_ADDRESS: _("no address"),
    Reason.ADDRESS_FAILED: _("an earlier message came back"),
    Reason.PERSON: _("the person was asked lately"),
    Reason.PERSON_TYPE: _("the person had the same kind of survey lately"),
    Reason.ACCOUNT: _("the business was asked lately"),
    Reason.ACCOUNT_TYPE: _("the business had the same kind of survey lately"),
    Reason.QUOTA_FULL: _("the quota is full"),
    Reason.EXPIRED: _("the time ran out"),
    Reason.PULSE_ENDED: _("the pulse ended"),
}
FINDINGS: Mapping[str, Promise] = {
    "trigger.for_event_pulses": _("Say after what it asks."),
    "every.for_periodic_pulses": _("Say how often it draws."),
    "wave.shorter_than_draws": _("A wave is shorter than the time between two draws."),
    "trigger.needs_touchpoints": _("Choose the touchpoints."),
    "where.not_in_frame": _("A condition says nothing about whom we could ask."),
    "where.needs_an_event": _("This condition needs a pulse that asks after an event."),
    "number.out_of_range": _("A number is out of range."),
    "hours.weekdays": _("Choose at least one day of the week."),
    "reminders.after_expiry": _("A reminder would come after the time to answer."),
    "sample.rate_or_size": _("Give a share or a number, one of them."),
    "sample.rate": _("The share lies between 0 and 100 per cent."),
    "sample.size": _("Ask at least one customer."),
    "sample.size_needs_a_base": _("A fixed number needs a pulse that draws from the base."),
    "sample.not_in_frame": _("It can not be stratified by that."),
    "sample.needs_strata": _("Shares by stratum need a stratum."),
    "channels.none": _("Choose a channel."),
    "channels.nobody_is_reached": _(
        "None of the channels reaches anybody by itself: add e-mail, SMS or WhatsApp."
    ),
    "channels.twice": _("A channel stands there twice."),
    "languages.none": _("Choose a language."),
    "rest.none": _("Nobody is left alone: the same people may be asked again and again."),
    "quota.name": _("A quota needs a name of its own."),
    "quota.limit": _("A quota's limit is at least 1."),
    "quota.hold": _("A reserved place is held for some minutes."),
    "quota.not_anonymous": _(
        "A quota with conditions would say something about a single answer: not in an anonymous pulse."
    ),
    "questionnaire.not_published": _("The questionnaire is not published yet; starting publishes it."),
    "quota.no_pay_base": _("With a quota, its figures can never be a base of pay."),
}


def finding_words(code: str, detail: str = "") -> str:
    """A finding about a plan in words, with what it is about where that helps."""
    words = str(FINDINGS.get(code, code))
    return f"{words} ({detail})" if detail and code not in _NO_DETAIL else words


_NO_DETAIL = {"hours.weekdays", "sample.rate", "sample.size", "quota.limit", "quota.hold"}


def reason_words(code: str) -> str:
    """A reason in words; empty for none."""
    return str(REASONS.get(code, code))
