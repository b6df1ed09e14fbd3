"""Names of dimensions, units, flags and bases, and of the few values that sources write as codes."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from viaggio.kernel import Flag
from viaggio.web.shared.names.journey import CHANNELS, DEVICES, FUNCTIONS, MOMENTS, PHASES, PILLARS, SEGMENTS

DIMENSIONS: Mapping[str, Promise] = {
    "phase": _("Phase"),
    "touchpoint": _("Touchpoint"),
    "channel": _("Channel"),
    "device": _("Device"),
    "segment": _("Segment"),
    "region": _("Region"),
    "language": _("Language"),
    "function": _("Function"),
    "pulse": _("Pulse"),
    "wave": _("Wave"),
    "category": _("Product category"),
    "campaign": _("Campaign"),
    "source": _("Source"),
    "delivery": _("Delivery"),
    "moment": _("Moment"),
    "pillar": _("Pillar"),
}
UNITS: Mapping[str, Promise] = {
    "points": _("points from −100 to 100"),
    "share": _("per cent"),
    "score": _("score on the stated scale"),
    "cents": _("money"),
    "count": _("number"),
    "ratio": _("so many per one"),
    "seconds": pgettext_lazy("unit", "time"),
}
FLAGS: Mapping[str, Promise] = {
    "no_data": _("No data in this period and selection."),
    "below_minimum": _("Few cases: read it with care."),
    "hidden": _("Too few cases to show without pointing at persons."),
    "census": _("Every case is counted: no sampling interval."),
    "not_applicable": _("This figure cannot be cut by the chosen filter."),
    "partial_period": _("The data do not cover the whole period."),
    "mixed_currency": _("Amounts in several currencies cannot be added."),
    "mixed_scale": _("Answers on different scales cannot be averaged."),
    "out_of_scale": _("Some answers lie outside their scale and are not counted."),
    "not_weighted": _("Some answers have no weight yet and are left out."),
}
BASES: Mapping[str, Promise] = {
    "answers": pgettext_lazy("base", "answers"),
    "responses": pgettext_lazy("base", "responses"),
    "orders": pgettext_lazy("base", "orders"),
    "lines": pgettext_lazy("base", "order lines"),
    "order_lines": pgettext_lazy("base", "order lines"),
    "customers": pgettext_lazy("base", "customers"),
    "visits": pgettext_lazy("base", "visits"),
    "searches": pgettext_lazy("base", "searches"),
    "deliveries": pgettext_lazy("base", "deliveries"),
    "episodes": pgettext_lazy("base", "requests"),
    "contacts": pgettext_lazy("base", "contacts"),
    "contracts": pgettext_lazy("base", "contracts"),
    "interactions": pgettext_lazy("base", "interactions"),
    "payments": pgettext_lazy("base", "payments"),
    "reviews": pgettext_lazy("base", "reviews"),
}
ROW_KINDS: Mapping[str, Promise] = {
    "answers": _("Answers"),
    "orders": _("Orders"),
    "order_lines": _("Order lines"),
    "visits": _("Visits"),
    "payments": _("Payments"),
    "interactions": _("Interactions"),
    "costs": _("Costs"),
    "contracts": _("Contracts"),
    "customers": _("Customers"),
}
SOURCES_OF_TEXT: Mapping[str, Promise] = {
    "answer": _("Survey comment"),
    "review": _("Review"),
    "post": pgettext_lazy("text", "Post"),
    "ticket": _("Request"),
    "chat": pgettext_lazy("text", "Chat message"),
}
STATUSES: Mapping[str, Promise] = {
    "created": pgettext_lazy("order", "created"),
    "approved": pgettext_lazy("order", "approved"),
    "invoiced": pgettext_lazy("order", "invoiced"),
    "processing": pgettext_lazy("order", "in progress"),
    "shipped": pgettext_lazy("order", "shipped"),
    "delivered": pgettext_lazy("order", "delivered"),
    "canceled": pgettext_lazy("order", "cancelled"),
    "unavailable": pgettext_lazy("order", "not available"),
    "returned": pgettext_lazy("order", "returned"),
}
OUTCOMES: Mapping[str, Promise] = {
    "resolved": pgettext_lazy("outcome", "resolved"),
    "unresolved": pgettext_lazy("outcome", "not resolved"),
    "converted": pgettext_lazy("outcome", "converted"),
    "abandoned": pgettext_lazy("outcome", "abandoned"),
    "delivered": pgettext_lazy("outcome", "delivered"),
    "late": pgettext_lazy("outcome", "late"),
    "paid": pgettext_lazy("outcome", "paid"),
    "done": pgettext_lazy("outcome", "done"),
    "found": pgettext_lazy("outcome", "found something"),
    "nothing_found": pgettext_lazy("outcome", "found nothing"),
    "broken": pgettext_lazy("outcome", "page broken"),
}
DELIVERIES: Mapping[str, Promise] = {
    "late": _("delivered late"),
    "on_time": _("delivered on time"),
    "none": _("not delivered or never promised"),
}
_VALUES: Mapping[str, Mapping[str, Promise]] = {
    "phase": PHASES,
    "channel": CHANNELS,
    "device": DEVICES,
    "segment": SEGMENTS,
    "function": FUNCTIONS,
    "owner_function": FUNCTIONS,
    "moment": MOMENTS,
    "pillar": PILLARS,
    "delivery": DELIVERIES,
    "status": STATUSES,
    "outcome": OUTCOMES,
    "kind": SOURCES_OF_TEXT,
    "language": {"it": _("Italian"), "en": _("English"), "pt": _("Portuguese"), "es": _("Spanish")},
}
_REASONS = (
    Flag.HIDDEN,
    Flag.NOT_APPLICABLE,
    Flag.MIXED_CURRENCY,
    Flag.MIXED_SCALE,
    Flag.NO_DATA,
    Flag.BELOW_MINIMUM,
)


def code_name(dimension: str, value: str | None) -> str:
    """What people call `value` of `dimension`; a source's own word stays as it was written."""
    if value is None or value == "":
        return gettext("not stated")
    known = _VALUES.get(dimension, {}).get(value)
    if known is not None:
        return str(known)
    return value.replace("_", " ") if dimension in {"category", "status", "outcome", "item"} else value


def dimension_name(dimension: str) -> str:
    """What people call a dimension."""
    known = DIMENSIONS.get(dimension)
    return str(known) if known is not None else dimension.replace("_", " ").capitalize()


def flag_reason(flags: Iterable[Flag]) -> str:
    """The sentence that says why there is no value, or why to read it with care; empty if neither."""
    present = frozenset(flags)
    return next((str(FLAGS[flag]) for flag in _REASONS if flag in present), "")
