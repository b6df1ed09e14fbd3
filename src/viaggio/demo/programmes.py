"""The pulses of Officina Blu as plain values: what each is called, what it asks about, by what means."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from viaggio.demo.company import T
from viaggio.demo.world import ASKED
from viaggio.kernel import Population
from viaggio.pulse.fielding.model import (
    Event,
    Plan,
    PulseKind,
    QuotaRule,
    Reminders,
    Rest,
    Sample,
    Trigger,
)
from viaggio.pulse.model import AskedBy, AskedUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One pulse whose answers stand in the data: `touchpoints` it asks about (none: the company)."""

    slug: str
    name: Mapping[str, str]
    touchpoints: tuple[str, ...] = ()
    unit: AskedUnit = AskedUnit.INTERACTION
    asked_by: AskedBy = AskedBy.EMAIL
    rates: Mapping[str, float] = field(default_factory=dict)  # of being drawn, by touchpoint


def _programme(
    slug: str, italian: str, english: str, touchpoints: str, *,
    unit: AskedUnit = AskedUnit.INTERACTION, asked_by: AskedBy = AskedBy.EMAIL,
) -> Programme:  # fmt: skip
    places = tuple(touchpoints.split())
    return Programme(
        slug=slug, name={"en": english, "it": italian}, touchpoints=places, unit=unit, asked_by=asked_by,
        rates={place: ASKED[place] for place in places},
    )  # fmt: skip


PROGRAMMES: tuple[Programme, ...] = (
    _programme("after-delivery", "Dopo la consegna", "After delivery", "delivery", unit=AskedUnit.ORDER),
    _programme("after-ticket", "Dopo una richiesta di assistenza", "After ticket", "help_request complaint",
               unit=AskedUnit.TICKET),
    _programme("after-repair", "Dopo l'intervento in officina", "After repair",
               "workshop_repair technician_visit service_booking service_plan app_garage",
               asked_by=AskedBy.SMS),
    _programme("after-invoice", "Dopo la fattura", "After invoice", "invoice"),
    _programme("choosing-and-buying", "La scelta e l'acquisto", "Choosing and buying",
               "shop_browse advice test_ride quote checkout store_purchase marketplace_order return"),
    Programme(slug="relationship", name={"en": "Relationship", "it": "Come ti trovi con noi"},
              unit=AskedUnit.CUSTOMER),
)  # fmt: skip
"""In the order of the customer's journey from the parcel on; the last one is about the company as a whole."""

_PLACE = {place: at for at, programme in enumerate(PROGRAMMES) for place in programme.touchpoints}
PROGRAMME_OF = np.array([*(_PLACE.get(slug, -1) for slug in T), len(PROGRAMMES) - 1])
"""Position of the programme that asks about each touchpoint; the last place is for the company (-1)."""


_EVENTS = {
    "after-delivery": Event.DELIVERY, "after-ticket": Event.TICKET, "after-repair": Event.REPAIR,
    "after-invoice": Event.INTERACTION, "choosing-and-buying": Event.INTERACTION,
}  # fmt: skip
_DELAY_HOURS = 2


def plan_of(programme: Programme) -> Plan:
    """How this pulse asks: after an event at its touchpoints, or 40 customers a month."""
    if not programme.touchpoints:
        return Plan(
            kind=PulseKind.PERIODIC, every="month", sample=Sample(rate=None, size=40),
            rest=Rest(person=0, person_type=180),
        )  # fmt: skip
    trigger = Trigger(
        event=_EVENTS[programme.slug], touchpoints=programme.touchpoints, delay_hours=_DELAY_HOURS
    )
    return Plan(
        kind=PulseKind.EVENT, trigger=trigger, channels=(programme.asked_by,),
        sample=Sample(rate=0.5, by="touchpoint", rates=programme.rates),
        rest=Rest(person=30, person_type=0), reminders=Reminders(after_days=6, most=1),
    )  # fmt: skip


WEBSITE = Programme(slug="website", name={"en": "Website", "it": "Uscita dal sito"})
WEBSITE_PLAN = Plan(
    kind=PulseKind.OPEN, channels=(), wave="month",
    quotas=(
        QuotaRule(name="500 visitatori", limit=500),
        QuotaRule(name="150 dall'app", limit=150, where=Population({"channel": ("app",)})),
    ),
)  # fmt: skip
"""A link and a widget on the site; enough is enough after 500 answers."""
COLLEAGUES = Programme(slug="colleagues", name={"en": "Colleagues", "it": "Noi che ci lavoriamo"})
COLLEAGUES_PLAN = Plan(kind=PulseKind.OPEN, channels=(), wave="quarter")
