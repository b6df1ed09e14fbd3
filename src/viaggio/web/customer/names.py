"""What people call identifiers, moments, consents and costs on the customer pages."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

IDENTIFIERS: Mapping[str, Promise] = {
    "customer_number": _("Customer number"),
    "email": _("E-mail"),
    "phone": pgettext_lazy("identifier", "Phone"),
    "visitor": _("Visitor id"),
    "account_id": _("Account number"),
    "name": _("Name"),
    "order": _("Order"),
}
MOMENTS: Mapping[str, Promise] = {
    "interactions": _("Interactions"),
    "visits": _("Visits"),
    "orders": _("Orders"),
    "payments": _("Payments"),
    "contracts": _("Contracts"),
    "answers": _("Answers"),
    "texts": _("Words"),
    "costs": _("Costs"),
    "consents": _("Consents"),
    "referrals": _("Recommendations"),
}
"""Kinds of moments, in the order of the filter."""

PURPOSES: Mapping[str, Promise] = {
    "service": _("Service messages"),
    "survey": _("Surveys"),
    "marketing": _("Marketing"),
    "profiling": _("Profiling"),
}
COSTS: Mapping[str, Promise] = {
    "acquisition": _("Acquisition cost"),
    "retention": _("Retention cost"),
    "service": _("Service cost"),
    "delivery": _("Delivery cost"),
    "product": _("Product cost"),
}
OUTCOMES: Mapping[str, Promise] = {
    "correct": pgettext_lazy("outcome", "correct"),
    "error": pgettext_lazy("outcome", "with an error"),
    "sent": pgettext_lazy("outcome", "sent"),
    "booked": pgettext_lazy("outcome", "booked"),
    "renewed": pgettext_lazy("outcome", "renewed"),
    "signed": pgettext_lazy("outcome", "signed"),
    "lost": pgettext_lazy("outcome", "lost"),
    "cancelled": pgettext_lazy("outcome", "cancelled"),
    "refunded": pgettext_lazy("outcome", "refunded"),
}
"""Outcomes that only a single history tells; the others have their names with the figures."""

METHODS: Mapping[str, Promise] = {
    "card": _("Card"),
    "credit_card": _("Card"),
    "debit_card": _("Debit card"),
    "transfer": _("Bank transfer"),
    "cash": _("Cash"),
    "paypal": _("PayPal"),
    "instalments": _("Instalments"),
    "voucher": _("Voucher"),
}
SCORES: Mapping[str, Promise] = {
    "nps": _("Recommendation"),
    "csat": _("Satisfaction"),
    "ces": _("Ease"),
    "review": _("Review"),
}


def name_of(names: Mapping[str, Promise], code: str | None) -> str:
    """The word for a code; a source's own word is made readable."""
    known = names.get(code or "")
    return str(known) if known is not None else (code or "").replace("_", " ")
