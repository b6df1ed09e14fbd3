"""Items that suit every occasion: recommendation, satisfaction, effort, repurchase, reasons, words."""

from viaggio.pulse.bank.entry import DEGREE, EASE, LIKELY, QUALITY, Entry, origin
from viaggio.pulse.questionnaire.model import Feeds, Item, ItemKind, Limits, Scale, wording

_LIKELY_7 = Scale(lowest=DEGREE.lowest, highest=DEGREE.highest, low=LIKELY.low, high=LIKELY.high)

RECOMMEND = Entry(
    construct="likelihood to recommend",
    item=Item(
        key="recommend", kind=ItemKind.NPS, metric=Feeds.NPS, scale=LIKELY, origin=origin("recommend"),
        text=wording(
            it="Quanto è probabile che tu ci consigli a una persona che conosci?",
            en="How likely are you to recommend us to someone you know?",
        ),
    ),
)  # fmt: skip
SATISFACTION = Entry(
    construct="satisfaction with the occasion",
    item=Item(
        key="satisfaction", kind=ItemKind.CSAT, metric=Feeds.CSAT, scale=QUALITY,
        origin=origin("satisfaction"),
        text=wording(
            it="Come valuti nel complesso questa esperienza con noi?",
            en="How do you rate this experience with us overall?",
        ),
    ),
)  # fmt: skip
EFFORT = Entry(
    construct="effort",
    item=Item(
        key="effort", kind=ItemKind.CES, metric=Feeds.CES, scale=EASE, origin=origin("effort"),
        text=wording(
            it="Quanto è stato facile per te fare quello che volevi fare?",
            en="How easy was it for you to do what you wanted to do?",
        ),
    ),
)  # fmt: skip
REPURCHASE = Entry(
    construct="likelihood to buy again",
    item=Item(
        key="repurchase", kind=ItemKind.CSAT, scale=_LIKELY_7, not_applicable=True,
        origin=origin("repurchase"),
        text=wording(
            it="Quanto è probabile che tu acquisti ancora da noi?",
            en="How likely are you to buy from us again?",
        ),
    ),
)  # fmt: skip
WHY = Entry(
    construct="reason for the rating, in own words",
    item=Item(
        key="why", kind=ItemKind.COMMENT, limits=Limits(longest=2_000), origin=origin("why"),
        text=wording(
            it="Qual è il motivo principale del tuo voto?", en="What is the main reason for your rating?"
        ),
        help=wording(
            it="Non scrivere nomi, indirizzi o altri dati personali.",
            en="Please write no names, addresses or other personal data.",
        ),
    ),
)  # fmt: skip
ONE_CHANGE = Entry(
    construct="wish for improvement, in own words",
    item=Item(
        key="one_change", kind=ItemKind.COMMENT, limits=Limits(longest=2_000), origin=origin("one_change"),
        text=wording(
            it="Se potessi cambiare una sola cosa, quale sarebbe?",
            en="If you could change one thing, what would it be?",
        ),
    ),
)  # fmt: skip

GENERAL = (RECOMMEND, SATISFACTION, EFFORT, REPURCHASE, WHY, ONE_CHANGE)
