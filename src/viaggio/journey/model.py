"""Nouns of the journey: phases, moments, functions, touchpoints."""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """The four phases, in order; the backbone of every page."""

    DISCOVERY = "discovery"  # getting to know and adopting products and services
    PURCHASE = "purchase"  # up to payment and delivery
    CARE = "care"  # support
    MAINTENANCE = "maintenance"  # upkeep: maintenance and technical assistance


class Moment(StrEnum):
    """Where an interaction stands towards the purchase."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


CHANNELS = (
    "web", "app", "store", "phone", "chat", "email", "courier", "marketplace", "social", "review_site",
    "technician", "post",
)  # fmt: skip
DEVICES = ("desktop", "phone", "tablet", "other")
FUNCTIONS = (
    "marketing", "sales", "ecommerce", "logistics", "billing", "customer_care", "field_service",
    "human_resources", "it",
)  # fmt: skip
"""Business functions; every one of them shapes the journey."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touchpoint:
    """A kind of place where customer and company meet. `contact`: the customer turns to us for help."""

    slug: str
    name_it: str
    name_en: str
    phase: Phase
    moment: Moment
    owner_function: str
    partner_functions: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    contact: bool = False
