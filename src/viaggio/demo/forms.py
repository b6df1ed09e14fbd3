"""The questionnaires of Officina Blu: what its pulses have asked all the while, and what it asks on its site.

The items are those of the bank; their keys are the ones under which the answers stand in the data.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from viaggio.demo.company import PILLARS
from viaggio.pulse.bank import BANK, READY
from viaggio.pulse.bank.entry import DEGREE, required
from viaggio.pulse.questionnaire import Feeds, Item, ItemKind, Page, Questionnaire, Wording, wording


def _item(origin: str, key: str) -> Item:
    return replace(BANK[origin].item, key=key)


def _occasion(title: Wording) -> Questionnaire:
    """The form after an experience: ten short questions on five screens."""
    pillars = tuple(_item(f"{pillar}_1", pillar) for pillar in PILLARS)
    return replace(
        READY["after_delivery"],
        title=title,
        pages=(
            Page(key="first", items=(required(_item("recommend", "recommend")),)),
            Page(key="behind", items=(_item("satisfaction", "satisfaction"), _item("effort", "ease"))),
            Page(key="offer", items=pillars[:3]),
            Page(key="people", items=pillars[3:]),
            Page(key="words", items=(_item("why", "comment"),)),
        ),
    )


def _company() -> Questionnaire:
    """The form about the company as a whole: two items on each pillar."""
    whole = _occasion(READY["relationship"].title)
    second = tuple(_item(f"{pillar}_2", f"{pillar}_2") for pillar in PILLARS)
    more = (Page(key="offer_too", items=second[:3]), Page(key="people_too", items=second[3:]))
    return replace(whole, pages=(*whole.pages[:4], *more, whole.pages[4]))


def _colleague(key: str, it: str, en: str) -> Item:
    return Item(
        key=key, kind=ItemKind.CSAT, text=wording(it=it, en=en), metric=Feeds.OTHER, scale=DEGREE,
        not_applicable=True,
    )  # fmt: skip


_COLLEAGUES = Questionnaire(
    title=wording(it="Come lavoriamo per i clienti", en="How we work for customers"),
    intro=wording(
        it="Rispondi in forma anonima: nessuno, nemmeno chi gestisce Viaggio, può sapere chi ha scritto.",
        en="Your answer is anonymous: nobody, not even who runs Viaggio, can tell who wrote it.",
    ),
    languages=("it", "en"),
    thanks=wording(it="Grazie! I risultati arrivano a tutti.", en="Thank you! Everybody gets the results."),
    pages=(
        Page(
            key="first",
            items=(
                _colleague(
                    "means", "Hai quello che ti serve per aiutare un cliente?",
                    "Do you have what you need to help a customer?",
                ),
                _colleague(
                    "information", "Trovi in fretta quello che un cliente ci ha già detto?",
                    "Do you quickly find what a customer has told us before?",
                ),
                _colleague(
                    "functions", "Quanto ci aiutiamo tra reparti diversi?",
                    "How well do our functions help each other?",
                ),
            ),
        ),
        Page(key="words", items=(_item("one_change", "one_change"),)),
    ),
)  # fmt: skip

FORMS: Mapping[str, Questionnaire] = MappingProxyType({
    "after-delivery": _occasion(READY["after_delivery"].title),
    "after-ticket": _occasion(READY["after_ticket"].title),
    "after-repair": _occasion(wording(it="L'intervento in officina", en="Your visit to our workshop")),
    "after-invoice": _occasion(READY["after_invoice"].title),
    "choosing-and-buying": _occasion(
        wording(it="La tua scelta e il tuo acquisto", en="Choosing and buying with us")
    ),
    "relationship": _company(),
    "website": READY["website_exit"],
    "colleagues": _COLLEAGUES,
})  # fmt: skip
"""Published questionnaires by the pulse that asks them."""

DRAFT = replace(
    READY["after_delivery"],
    title=wording(it="La consegna, in tre domande (bozza)", en="Delivery in three questions (draft)"),
)
"""What is being prepared for next year."""
