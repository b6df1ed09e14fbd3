"""What people call the kinds of data, what each is for, and the recipes with their options."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of data: its name, what one row is and what Viaggio does with it."""

    name: Promise
    purpose: Promise


KINDS: Mapping[str, Kind] = {
    "interactions": Kind(
        _("Interactions"), _("Every contact at a touchpoint: the journey itself, its phases and flows.")
    ),
    "visits": Kind(_("Visits"), _("Sessions on site and app: conversion, pages, time.")),
    "orders": Kind(_("Orders"), _("Revenue, repeat purchase, deliveries promised and kept.")),
    "order_lines": Kind(_("Order lines"), _("What was bought: cross-selling and up-selling.")),
    "payments": Kind(_("Payments"), _("What was paid, when and how.")),
    "contracts": Kind(_("Contracts"), _("Who stays and who leaves, where business runs on contracts.")),
    "costs": Kind(_("Costs"), _("What service costs for each customer.")),
    "answers": Kind(_("Answers"), _("Pulse surveys: NPS, satisfaction, effort, the six pillars.")),
    "texts": Kind(_("Comments, reviews, requests"), _("What customers write, in their own words.")),
    "customers": Kind(
        _("Customers"), _("Names, segments and regions; business customers with their contacts.")
    ),
    "consents": Kind(_("Consents"), _("What each customer agreed to.")),
    "referrals": Kind(_("Referrals"), _("Who brought whom: word of mouth that can be counted.")),
    "touchpoints": Kind(
        _("Touchpoint catalogue"), _("Names, phases and owners of touchpoints; figures by function.")
    ),
    "employments": Kind(_("Employees"), _("Who works where and since when: the base of shared incentives.")),
    "coverage": Kind(_("Who could be asked"), _("What became of everybody whom a wave could have asked.")),
    "weights": Kind(_("Weights"), _("What each answer counts for, so that those who answer stand for all.")),
    "identifiers": Kind(_("Identifiers"), _("By what each customer is recognised.")),
}
"""In the order in which they are shown."""

RECIPES: Mapping[str, Promise] = {
    "olist": _("The Olist shop: orders, lines, payments, deliveries, reviews"),
    "online_shoppers": _("Sessions of an online shop (UCI Online Shoppers)"),
    "epub_sessions": _("Sessions and downloads of an electronic library"),
    "completejourney": _("A grocer’s baskets, campaigns and coupons (The Complete Journey)"),
    "telco_churn": _("Contracts of a telephone company (Telco churn)"),
    "helpdesk": _("The log of an Italian help desk"),
    "xes": _("An event log in XES"),
    "ocel": _("An object-centric event log in OCEL 2.0"),
    "qualtrics": _("Answers exported from Qualtrics, with their survey or without"),
    "spss": _("Answers in an SPSS file"),
    "native": _("Viaggio’s own tables as Parquet"),
    "pulse": _("Answers and coverage of our own pulses"),
    "segment": _("Live events of sites and apps"),
}
OPTIONS: Mapping[str, Promise] = {
    "timezone": _("Time zone of times written without one"),
    "currency": _("Currency of an amount that names none"),
    "year": _("Year in which the sessions are placed; the files do not tell"),
    "reference_date": _("First day of the month in which the leavers left; the files do not tell"),
    "customer": _("Attribute that names the customer"),
    "episode": _("Type of object that is the episode"),
    "phase": _("Phase of all activities"),
    "channel": _("Channel of all activities"),
    "owner": _("Function that answers for all activities"),
    "source": _("Name of the source"),
    "pulse": _("Name of the pulse that the answers belong to"),
    "tests": _("Take previews and test answers too: yes or no"),
    "wave": _("Wave that the answers belong to, such as 2026-09"),
    "nps": _("Questions that feed the NPS, parted by commas"),
    "csat": _("Questions that feed satisfaction, parted by commas"),
    "ces": _("Questions that feed effort, parted by commas"),
    "response": _("Variable with the number of the response"),
    "answered_at": _("Variable with the moment of the answer"),
    "date": _("Day of all answers, where no variable says it"),
    "language": _("Variable with the language of the answer"),
    "spoken": _("Language of all answers, where no variable says it"),
}


def kind_name(table: str) -> str:
    """What people call a kind of data."""
    known = KINDS.get(table)
    return str(known.name) if known else table.replace("_", " ")


def recipe_name(recipe: str | None) -> str:
    """What people call a recipe; empty when there is none."""
    return str(RECIPES.get(recipe, recipe)) if recipe else ""
