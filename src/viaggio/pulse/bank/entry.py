"""What an entry of the item bank is, and the scales that its items share."""

from dataclasses import dataclass, replace

from viaggio.journey.model import Phase
from viaggio.pulse.model import Pillar
from viaggio.pulse.questionnaire.model import Feeds, Item, ItemKind, Limits, Option, Scale, wording

EDITION = "viaggio-1"
"""This edition of the bank: an item's origin is `viaggio-1/<key>`; changed words make a new edition."""
AUTHOR = "Viaggio"
YEAR = 2026


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item of the bank: what it is meant to measure (`construct`), and who wrote it when."""

    item: Item
    construct: str
    author: str = AUTHOR
    year: int = YEAR

    @property
    def key(self) -> str:
        """The item's key."""
        return self.item.key


DEGREE = Scale(
    lowest=1,
    highest=7,
    low=wording(it="Per niente", en="Not at all"),
    high=wording(it="Del tutto", en="Fully"),
)
"""1 to 7, how far something holds: the scale of the pillars."""
LIKELY = Scale(
    lowest=0,
    highest=10,
    low=wording(it="Per niente probabile", en="Not at all likely"),
    high=wording(it="Estremamente probabile", en="Extremely likely"),
)
QUALITY = Scale(
    lowest=1,
    highest=5,
    low=wording(it="Molto male", en="Very poor"),
    high=wording(it="Molto bene", en="Very good"),
)
"""1 to 5, how good something was: the scale of satisfaction."""
EASE = Scale(
    lowest=1,
    highest=7,
    low=wording(it="Molto difficile", en="Very difficult"),
    high=wording(it="Molto facile", en="Very easy"),
)
"""1 to 7, 7 is no effort at all."""


def pillar(name: Pillar, number: int, it: str, en: str, construct: str) -> Entry:
    """An item of a pillar, rated on `DEGREE`."""
    key = f"{name}_{number}"
    item = Item(
        key=key, kind=ItemKind.CSAT, text=wording(it=it, en=en), metric=Feeds.PILLAR, pillar=name,
        scale=DEGREE, not_applicable=True, origin=origin(key),
    )  # fmt: skip
    return Entry(item=item, construct=construct)


def aspect(phase: Phase, key: str, it: str, en: str, construct: str, *, overall: bool = False) -> Entry:
    """A rating of one aspect of a phase on `QUALITY`; the `overall` one feeds satisfaction."""
    item = Item(
        key=key, kind=ItemKind.CSAT, text=wording(it=it, en=en), phase=phase, scale=QUALITY,
        metric=Feeds.CSAT if overall else Feeds.OTHER, not_applicable=not overall, origin=origin(key),
    )  # fmt: skip
    return Entry(item=item, construct=construct)


def choice(
    phase: Phase, key: str, it: str, en: str, *, options: dict[str, tuple[str, str]], construct: str
) -> Entry:
    """A single choice about a phase; options by key, each in Italian and English."""
    item = Item(
        key=key, kind=ItemKind.SINGLE, text=wording(it=it, en=en), phase=phase, origin=origin(key),
        options=tuple(Option(key=name, text=wording(it=i, en=e)) for name, (i, e) in options.items()),
    )  # fmt: skip
    return Entry(item=item, construct=construct)


def count(phase: Phase, key: str, it: str, en: str, *, most: int, construct: str) -> Entry:
    """A whole number from 0 to `most`, about a phase."""
    item = Item(
        key=key, kind=ItemKind.NUMBER, text=wording(it=it, en=en), phase=phase, origin=origin(key),
        limits=Limits(lowest=0, highest=most, whole=True),
    )  # fmt: skip
    return Entry(item=item, construct=construct)


def origin(key: str) -> str:
    """Where an item says it comes from."""
    return f"{EDITION}/{key}"


def required(item: Item) -> Item:
    """The item, to be answered by everybody who sees it."""
    return replace(item, required=True)
