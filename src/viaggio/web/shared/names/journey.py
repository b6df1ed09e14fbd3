"""Names of phases, moments, channels, devices, functions, pillars and touchpoints."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

PHASES: Mapping[str, Promise] = {
    "discovery": _("Discovery"),
    "purchase": _("Purchase and delivery"),
    "care": _("Customer care"),
    "maintenance": _("Maintenance"),
}
"""In the order of the journey."""

MOMENTS: Mapping[str, Promise] = {
    "before": _("Before the purchase"),
    "during": _("During the purchase"),
    "after": _("After the purchase"),
}
CHANNELS: Mapping[str, Promise] = {
    "web": _("Website"),
    "app": _("App"),
    "store": _("Shop"),
    "phone": pgettext_lazy("channel", "Phone"),
    "chat": _("Chat"),
    "email": _("E-mail"),
    "courier": _("Courier"),
    "marketplace": _("Marketplace"),
    "social": _("Social media"),
    "review_site": _("Review site"),
    "technician": _("Technician"),
    "post": pgettext_lazy("channel", "Post"),
}
DEVICES: Mapping[str, Promise] = {
    "desktop": _("Computer"),
    "phone": pgettext_lazy("device", "Smartphone"),
    "tablet": _("Tablet"),
    "other": _("Other device"),
}
FUNCTIONS: Mapping[str, Promise] = {
    "marketing": _("Marketing"),
    "sales": _("Sales"),
    "ecommerce": _("E-commerce"),
    "logistics": _("Logistics"),
    "billing": _("Billing"),
    "customer_care": _("Customer care team"),
    "field_service": _("Field service"),
    "human_resources": _("Human resources"),
    "it": _("IT"),
}
SEGMENTS: Mapping[str, Promise] = {
    "b2c": _("Private customers (B2C)"),
    "b2b": _("Business customers (B2B)"),
}
PILLARS: Mapping[str, Promise] = {
    "integrity": _("Integrity"),
    "resolution": _("Resolution"),
    "expectations": _("Expectations"),
    "time_effort": _("Time and effort"),
    "personalisation": _("Personalisation"),
    "empathy": _("Empathy"),
}
"""In the order in which the pillars are shown."""


def touchpoint_name(slug: str, names: Mapping[str, Mapping[str, Any]]) -> str:
    """The touchpoint's name in the reader's language from catalogue rows by slug; its slug made readable."""
    row = names.get(slug)
    language = "it" if (get_language() or "").startswith("it") else "en"
    if row and row.get(f"name_{language}"):
        return str(row[f"name_{language}"])
    return slug.replace("_", " ").capitalize()
