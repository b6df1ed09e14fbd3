"""The scale of a rating where the item says none, as each metric is usually asked."""

from collections.abc import Mapping

from viaggio.pulse.questionnaire.model import Feeds, Item, ItemKind, Scale

USUAL: Mapping[ItemKind, Scale] = {
    ItemKind.NPS: Scale(lowest=0, highest=10),
    ItemKind.CSAT: Scale(lowest=1, highest=5),
    ItemKind.CES: Scale(lowest=1, highest=7),
    ItemKind.STARS: Scale(lowest=1, highest=5),
    ItemKind.MATRIX: Scale(lowest=1, highest=7),
}
"""Recommendation 0-10, satisfaction and stars 1-5, effort and pillars 1-7 (7: no effort at all)."""

USUAL_METRIC: Mapping[ItemKind, Feeds] = {
    ItemKind.NPS: Feeds.NPS,
    ItemKind.CSAT: Feeds.CSAT,
    ItemKind.CES: Feeds.CES,
    ItemKind.STARS: Feeds.REVIEW,
}
"""The metric that a rating usually feeds; every other kind feeds `other`."""


def scale_of(item: Item) -> Scale:
    """The scale of a rating or matrix; the usual one of its kind where the item names none."""
    return item.scale or USUAL[item.kind]
