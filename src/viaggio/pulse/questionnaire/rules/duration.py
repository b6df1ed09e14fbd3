"""How long a questionnaire takes, from the words to read and the taps to make."""

import re
from collections.abc import Iterator, Mapping
from math import ceil

from viaggio.pulse.questionnaire.model import Item, ItemKind, Page, Questionnaire

WORDS_A_SECOND = 4.0
"""Silent reading of short texts, about 240 words a minute (Brysbaert 2019: 238)."""
SECONDS: Mapping[ItemKind, float] = {
    ItemKind.NPS: 5, ItemKind.CSAT: 4, ItemKind.CES: 4, ItemKind.STARS: 3, ItemKind.SINGLE: 4,
    ItemKind.MULTIPLE: 6, ItemKind.MATRIX: 0, ItemKind.RANKING: 5, ItemKind.NUMBER: 6, ItemKind.DATE: 7,
    ItemKind.COMMENT: 20,
}  # fmt: skip
"""Seconds to decide and tap, beside reading; our own reckoning, to be replaced by what respondents take."""
SECONDS_A_ROW, SECONDS_A_RANK, SECONDS_A_PAGE = 3.5, 3.0, 2.0
ITEMS_A_SCREEN = 3
"""Short items that a phone shows at once."""


def estimated_seconds(questionnaire: Questionnaire, language: str | None = None) -> int:
    """Seconds that answering takes; an item shown under a condition counts half."""
    spoken = questionnaire.language(language)
    total = 0.0
    for page in questionnaire.pages:
        total += SECONDS_A_PAGE * _chance(page.show_if is None)
        for item in page.items:
            always = page.show_if is None and item.show_if is None
            total += _seconds(item, spoken) * _chance(always)
    return round(total)


def screens(questionnaire: Questionnaire) -> int:
    """Screens of a phone that it fills at most: no fewer than its pages."""
    return sum(max(1, ceil(_load(page) / ITEMS_A_SCREEN)) for page in questionnaire.pages)


def _chance(always: bool) -> float:
    return 1.0 if always else 0.5


def _load(page: Page) -> float:
    return sum(len(item.rows) / 2 if item.kind is ItemKind.MATRIX else 1 for item in page.items)


def _seconds(item: Item, language: str) -> float:
    reading = sum(len(re.findall(r"\w+", text)) for text in _texts(item, language)) / WORDS_A_SECOND
    ranks = len(item.options) if item.kind is ItemKind.RANKING else 0
    return SECONDS[item.kind] + reading + SECONDS_A_ROW * len(item.rows) + SECONDS_A_RANK * ranks


def _texts(item: Item, language: str) -> Iterator[str]:
    yield item.text.text(language)
    yield item.help.text(language)
    yield from (option.text.text(language) for option in item.options)
    yield from (row.text.text(language) for row in item.rows)
