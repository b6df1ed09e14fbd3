"""Editing a questionnaire: every verb gives a new one; items are found by key, pages by place."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import replace

from viaggio.kernel import ViaggioError
from viaggio.pulse.questionnaire.model import CONTEXT, END, NOT_APPLICABLE, OTHER, Item, Page, Questionnaire

_WORD = re.compile(r"[a-z0-9]+")
LONGEST_KEY = 40


class NoSuchItem(ViaggioError):
    """An item key that the questionnaire does not have."""

    code = "questionnaire.no_such_item"


def free_key(questionnaire: Questionnaire, text: str) -> str:
    """A key for a new item, made of its first words: unlike any other and no word of the context."""
    return key_from(text, questionnaire.by_key)


def key_from(text: str, taken: Collection[str]) -> str:
    """A key made of the first words of a text: none of those taken, and no word that means something else."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    base = "_".join(_WORD.findall(plain)[:4])[:LONGEST_KEY].strip("_")
    base = base if base and base[0].isalpha() else f"q_{base}".rstrip("_")
    taken = {*taken, *CONTEXT, END, OTHER, NOT_APPLICABLE}
    number, key = 1, base
    while key in taken:
        number += 1
        key = f"{base}_{number}"
    return key


def added(questionnaire: Questionnaire, item: Item, page: int | None = None) -> Questionnaire:
    """With the item at the end of a page (0 is the first); on a page of its own when there is none such."""
    key = free_key(questionnaire, item.key) if item.key in questionnaire.by_key else item.key
    item = replace(item, key=key)
    pages = list(questionnaire.pages)
    if page is None or not 0 <= page < len(pages):
        pages.append(Page(key=_page_key(questionnaire), items=(item,)))
    else:
        pages[page] = replace(pages[page], items=(*pages[page].items, item))
    return replace(questionnaire, pages=tuple(pages))


def _page_key(questionnaire: Questionnaire) -> str:
    taken = {page.key for page in questionnaire.pages}
    return next(key for n in range(1, len(taken) + 2) if (key := f"page_{n}") not in taken)


def replaced(questionnaire: Questionnaire, key: str, item: Item) -> Questionnaire:
    """With the item of that key replaced, in its place. Raises `NoSuchItem`."""
    _must_have(questionnaire, key)
    pages = tuple(
        replace(page, items=tuple(item if old.key == key else old for old in page.items))
        for page in questionnaire.pages
    )
    return replace(questionnaire, pages=pages)


def removed(questionnaire: Questionnaire, key: str) -> Questionnaire:
    """Without the item; a page left empty goes too. Raises `NoSuchItem`."""
    _must_have(questionnaire, key)
    pages = (
        replace(page, items=tuple(item for item in page.items if item.key != key))
        for page in questionnaire.pages
    )
    return replace(questionnaire, pages=tuple(page for page in pages if page.items))


def moved(questionnaire: Questionnaire, key: str, page: int, place: int) -> Questionnaire:
    """With the item at a place (0 is the first) of a page; a page beyond the last one is made.

    Raises `NoSuchItem`.
    """
    item = _must_have(questionnaire, key)
    pages = [
        replace(old, items=tuple(other for other in old.items if other.key != key))
        for old in questionnaire.pages
    ]
    if page >= len(pages):
        pages.append(Page(key=_page_key(questionnaire), items=()))
    page = min(max(page, 0), len(pages) - 1)
    items = list(pages[page].items)
    items.insert(min(max(place, 0), len(items)), item)
    pages[page] = replace(pages[page], items=tuple(items))
    return replace(questionnaire, pages=tuple(kept for kept in pages if kept.items))


def stepped(questionnaire: Questionnaire, key: str, step: int) -> Questionnaire:
    """With the item one place further up (-1) or down (1); from a page's edge it goes to the next page.

    Raises `NoSuchItem`.
    """
    _must_have(questionnaire, key)
    page, place = place_of(questionnaire, key)
    wanted = place + step
    if 0 <= wanted < len(questionnaire.pages[page].items):
        return moved(questionnaire, key, page, wanted)
    alone = len(questionnaire.pages[page].items) == 1
    if step < 0:
        if page == 0:
            return questionnaire if alone else _broken_off(questionnaire, key, before=True)
        return moved(questionnaire, key, page - 1, len(questionnaire.pages[page - 1].items))
    if page == len(questionnaire.pages) - 1:
        return questionnaire if alone else _broken_off(questionnaire, key, before=False)
    return moved(questionnaire, key, page + 1, 0)


def _broken_off(questionnaire: Questionnaire, key: str, *, before: bool) -> Questionnaire:
    """With the item on a page of its own at the very beginning or end."""
    item = questionnaire.by_key[key]
    alone = Page(key=_page_key(questionnaire), items=(item,))
    rest = removed(questionnaire, key)
    return replace(rest, pages=(alone, *rest.pages) if before else (*rest.pages, alone))


def place_of(questionnaire: Questionnaire, key: str) -> tuple[int, int]:
    """Page and place of an item. Raises `NoSuchItem`."""
    _must_have(questionnaire, key)
    return next(
        (number, place)
        for number, page in enumerate(questionnaire.pages)
        for place, item in enumerate(page.items)
        if item.key == key
    )


def _must_have(questionnaire: Questionnaire, key: str) -> Item:
    item = questionnaire.by_key.get(key)
    if item is None:
        raise NoSuchItem(
            f"item '{key}' is not in the questionnaire", hint="It may have been removed meanwhile."
        )
    return item
