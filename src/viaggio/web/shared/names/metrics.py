"""Name, short name and definition of every metric of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from viaggio.web.shared.names.words import BASES


@dataclass(frozen=True, slots=True)
class Name:
    """How a metric is called: in full, on a tile, and in one sentence that says what it measures."""

    full: Promise
    short: Promise
    definition: Promise


METRICS: Mapping[str, Name] = {
    "nps": Name(
        _("Net Promoter Score (NPS)"),
        _("NPS"),
        _("Share of answers 9 or 10 minus share of answers 0 to 6 to “how likely are you to recommend us?”."),
    ),
    "csat_top": Name(
        _("Satisfied customers (CSAT)"),
        _("Satisfied customers"),
        _("Share of satisfaction answers in the two highest points of the scale."),
    ),
    "csat_mean": Name(
        _("Mean satisfaction (CSAT)"),
        _("Mean satisfaction"),
        _("Mean of the satisfaction answers on the stated scale."),
    ),
    "ces": Name(
        _("Ease (CES)"),
        _("Ease (CES)"),
        _("Mean answer to “the company made it easy for me”, on the stated scale: higher is easier."),
    ),
    "review_score": Name(
        _("Review score"),
        _("Review score"),
        _("Mean of the stars that customers gave in reviews."),
    ),
    "pillar_personalisation": Name(
        _("Pillar: personalisation"),
        _("Personalisation"),
        _("How far customers feel treated as themselves, from 0 to 100: mean of the pillar’s items."),
    ),
    "pillar_expectations": Name(
        _("Pillar: expectations"),
        _("Expectations"),
        _("How far what was promised was kept, from 0 to 100: mean of the pillar’s items."),
    ),
    "pillar_time_effort": Name(
        _("Pillar: time and effort"),
        _("Time and effort"),
        _("How little time and effort it takes customers, from 0 to 100: mean of the pillar’s items."),
    ),
    "pillar_integrity": Name(
        _("Pillar: integrity"),
        _("Integrity"),
        _("How far customers trust the company, from 0 to 100: mean of the pillar’s items."),
    ),
    "pillar_resolution": Name(
        _("Pillar: resolution"),
        _("Resolution"),
        _("How well a bad experience is turned into a good one, from 0 to 100: mean of the pillar’s items."),
    ),
    "pillar_empathy": Name(
        _("Pillar: empathy"),
        _("Empathy"),
        _("How far customers feel understood, from 0 to 100: mean of the pillar’s items."),
    ),
    "cx_index": Name(
        _("CX index"),
        _("CX index"),
        _("The six pillars in one figure, 0 to 100, each weighed by how much it goes with recommending."),
    ),
    "revenue": Name(
        _("Revenue"),
        _("Revenue"),
        _("Value of the goods sold in the period, without freight; cancelled orders are left out."),
    ),
    "revenue_growth": Name(
        _("Revenue growth"),
        _("Revenue growth"),
        _("Change of revenue against the span of the same length just before."),
    ),
    "orders": Name(
        _("Orders"), _("Orders"), _("Number of orders placed in the period, cancelled ones included.")
    ),
    "average_order": Name(
        _("Average order value"),
        _("Average order"),
        _("Revenue divided by the number of orders that brought it."),
    ),
    "repeat_purchase": Name(
        _("Repeat purchase"),
        _("Repeat purchase"),
        _("Share of the period’s buyers who have two or more orders up to its end."),
    ),
    "retention": Name(
        _("Customer retention"),
        _("Retention"),
        _("Share of the customers at the start who are still customers at the end of the period."),
    ),
    "churn": Name(
        _("Customer churn"),
        _("Churn"),
        _("Share of the customers at the start who are no longer customers at the end of the period."),
    ),
    "cross_sell": Name(
        _("Cross-sell revenue"),
        _("Cross-sell"),
        _("Revenue from existing customers in product categories that they had not bought before."),
    ),
    "up_sell": Name(
        _("Up-sell revenue"),
        _("Up-sell"),
        _(
            "Revenue from existing customers above the price that they used to pay"
            " in the same product category."
        ),
    ),
    "conversion": Name(
        _("Online conversion"),
        _("Online conversion"),
        _("Share of the visits to site or app that reached their goal."),
    ),
    "pages_per_visit": Name(
        _("Pages per visit"),
        _("Pages per visit"),
        _("Mean number of pages that a visit opens."),
    ),
    "pages_to_goal": Name(
        _("Pages to the goal"),
        _("Pages to the goal"),
        _("Mean number of pages of the visits that reached their goal."),
    ),
    "bounce": Name(
        _("Bounce"),
        _("Bounce"),
        _("Share of the visits that ended after one page."),
    ),
    "time_on_site": Name(
        _("Time on site"),
        _("Time on site"),
        _("Mean time that a visit lasts."),
    ),
    "searches_without_result": Name(
        _("Searches without result"),
        _("Searches without result"),
        _("Share of the searches on site and app that found nothing."),
    ),
    "back_and_forth": Name(
        _("Back and forth"),
        _("Back and forth"),
        _("Share of the visits in which somebody went to another page and straight back."),
    ),
    "rage_clicks": Name(
        _("Rage clicks"),
        _("Rage clicks"),
        _("Share of the visits with three clicks on the same page within three seconds."),
    ),
    "dead_ends": Name(
        _("Dead ends"),
        _("Dead ends"),
        _("Share of the visits that ended at a search without result or at a broken page."),
    ),
    "ease_of_exploring": Name(
        _("Ease of exploring"),
        _("Ease of exploring"),
        _(
            "How smoothly visits to the shop run, from 0 to 100: searches that find something,"
            " no going back, no rage clicks, no dead ends."
        ),
    ),
    "on_time_delivery": Name(
        _("On-time delivery"),
        _("On-time delivery"),
        _("Share of the period’s deliveries with a promised day that arrived by the end of that day."),
    ),
    "first_contact_resolution": Name(
        _("First-contact resolution"),
        _("Solved at first contact"),
        _("Share of requests that were settled by their only contact."),
    ),
    "contacts_per_order": Name(
        _("Contacts per order"),
        _("Contacts per order"),
        _("Times that customers turned to us for help, divided by orders."),
    ),
    "service_cost_per_customer": Name(
        _("Service cost per customer"),
        _("Service cost"),
        _("Cost of service and of contacts divided by the customers seen in the period."),
    ),
    "order_lines": Name(
        _("Order lines"),
        _("Order lines"),
        _("Number of order lines of the period, those of cancelled orders included."),
    ),
    "line_value": Name(
        _("Value of all order lines"),
        _("Value ordered"),
        _("Value of all order lines without freight, those of cancelled orders included."),
    ),
    "freight": Name(
        _("Freight"),
        _("Freight"),
        _("Freight of all order lines that state one, those of cancelled orders included."),
    ),
    "payments": Name(
        _("Payments"),
        _("Payments"),
        _("Sum of the payments of the period, vouchers included."),
    ),
    "payments_count": Name(
        _("Number of payments"),
        _("Number of payments"),
        _("Number of payments of the period."),
    ),
    "late_orders": Name(
        _("Late deliveries"),
        _("Late deliveries"),
        _("Deliveries of the period that came after the promised day."),
    ),
    "delivered_orders": Name(
        _("Delivered orders"),
        _("Delivered orders"),
        _("Orders placed in the period that have been delivered."),
    ),
    "customers": Name(
        _("Active customers"),
        _("Active customers"),
        _("Number of different customers seen in the period."),
    ),
    "interactions": Name(
        _("Interactions"),
        _("Interactions"),
        _("Number of recorded meetings between customers and company, on every channel."),
    ),
}


def metric_name(slug: str) -> str:
    """The metric's full name; the slug made readable where we have none."""
    name = METRICS.get(slug)
    return str(name.full) if name else slug.replace("_", " ").capitalize()


def metric_short(slug: str) -> str:
    """The metric's name on a tile."""
    name = METRICS.get(slug)
    return str(name.short) if name else metric_name(slug)


def metric_definition(slug: str) -> str:
    """One sentence that says what the metric measures; empty where we have none."""
    name = METRICS.get(slug)
    return str(name.definition) if name else ""


def metric_base(base: str) -> str:
    """What `n` counts, as a plural noun."""
    known = BASES.get(base)
    return str(known or pgettext_lazy("base", "cases"))
