"""Short questionnaires that can be sent as they are: one rating, what is behind it, the customer's words."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from viaggio.journey.model import Phase
from viaggio.pulse.bank.entry import DEGREE, Entry, required
from viaggio.pulse.bank.general import EFFORT, ONE_CHANGE, RECOMMEND, REPURCHASE, SATISFACTION, WHY
from viaggio.pulse.bank.phases import PHASES
from viaggio.pulse.bank.pillars import PILLARS
from viaggio.pulse.questionnaire.logic import parsed
from viaggio.pulse.questionnaire.model import Item, ItemKind, Page, Questionnaire, Row, Wording, wording

_BY_KEY = {entry.key: entry.item for entry in (*PHASES, *PILLARS)}
_THANKS = wording(
    it="Grazie! Leggiamo ogni risposta per migliorare.", en="Thank you! We read every answer to get better."
)
_ABOUT_US = wording(it="Pensando alla tua esperienza con noi:", en="Thinking of your experience with us:")


def stacked(key: str, entries: tuple[Entry, ...], text: Wording = _ABOUT_US) -> Item:
    """Pillar items one below the other on their common scale; each row feeds its own pillar.

    Row keys are the items' keys, so an answer's item is `<key>.<pillar item>`.
    """
    rows = tuple(
        Row(key=e.key, text=e.item.text, metric=e.item.metric, pillar=e.item.pillar) for e in entries
    )
    return Item(key=key, kind=ItemKind.MATRIX, text=text, scale=DEGREE, rows=rows, not_applicable=True)


def _pillars(*keys: str) -> tuple[Entry, ...]:
    wanted = set(keys)
    return tuple(entry for entry in PILLARS if entry.key in wanted)


def _if(item: Item, condition: str) -> Item:
    return replace(item, show_if=parsed(condition))


def _occasion(
    title: Wording, phase: Phase, first: Item, behind: tuple[Item, ...], last: Item
) -> Questionnaire:
    """Three screens: the rating that counts, two or three questions behind it, the customer's words."""
    return Questionnaire(
        title=title,
        languages=("it", "en"),
        thanks=_THANKS,
        pages=(
            Page(key="first", items=(replace(required(first), phase=phase),)),
            Page(
                key="behind",
                items=tuple(item if item.phase else replace(item, phase=phase) for item in behind),
            ),
            Page(key="words", items=(replace(last, phase=phase),)),
        ),
    )


AFTER_DELIVERY = _occasion(
    wording(it="La consegna di {order|un tuo ordine}", en="The delivery of {order|your order}"),
    Phase.PURCHASE,
    SATISFACTION.item,
    (_BY_KEY["delivery_time"], _BY_KEY["delivery_condition"], _BY_KEY["expectations_4"]),
    WHY.item,
)
AFTER_TICKET = _occasion(
    wording(it="La tua richiesta di assistenza", en="Your request for help"),
    Phase.CARE,
    EFFORT.item,
    (_BY_KEY["ticket_solved"], _BY_KEY["empathy_2"], _if(_BY_KEY["resolution_3"], "{ticket_solved} = 'yes'")),
    WHY.item,
)
AFTER_REPAIR = _occasion(
    wording(it="L'intervento del tecnico", en="The technician's visit"),
    Phase.MAINTENANCE,
    SATISFACTION.item,
    (_BY_KEY["fixed_first_time"], _BY_KEY["technician_on_time"], _BY_KEY["work_explained"]),
    WHY.item,
)
AFTER_INVOICE = _occasion(
    wording(it="La tua fattura", en="Your invoice"),
    Phase.PURCHASE,
    EFFORT.item,
    (_BY_KEY["invoice_right"], _BY_KEY["invoice_clear"], _BY_KEY["integrity_2"]),
    WHY.item,
)
WEBSITE_EXIT = _occasion(
    wording(it="La tua visita al sito", en="Your visit to our site"),
    Phase.DISCOVERY,
    EFFORT.item,
    (_BY_KEY["visit_goal"], _BY_KEY["information_clear"]),
    ONE_CHANGE.item,
)
RELATIONSHIP = Questionnaire(
    title=wording(it="Come ti trovi con noi", en="How you get on with us"),
    languages=("it", "en"),
    thanks=_THANKS,
    pages=(
        Page(key="first", items=(required(RECOMMEND.item), REPURCHASE.item)),
        Page(
            key="pillars",
            items=(
                stacked(
                    "pillars",
                    _pillars(
                        "personalisation_1", "personalisation_2", "expectations_1", "expectations_3",
                        "time_effort_1", "time_effort_2", "integrity_1", "integrity_3", "resolution_2",
                        "resolution_4", "empathy_1", "empathy_2",
                    ),
                ),
            ),
        ),
        Page(key="words", items=(WHY.item,)),
    ),
)  # fmt: skip

READY: Mapping[str, Questionnaire] = MappingProxyType({
    "after_delivery": AFTER_DELIVERY,
    "after_ticket": AFTER_TICKET,
    "after_repair": AFTER_REPAIR,
    "after_invoice": AFTER_INVOICE,
    "relationship": RELATIONSHIP,
    "website_exit": WEBSITE_EXIT,
})  # fmt: skip
"""Ready questionnaires by name; `relationship` is meant for twice a year."""
