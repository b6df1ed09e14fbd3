"""What is shown to whom: conditions, skips, pages, and texts that repeat what is known."""

import re
from collections.abc import Mapping

from viaggio.pulse.questionnaire.logic import Expression, holds, is_empty
from viaggio.pulse.questionnaire.model import (
    CONTEXT,
    END,
    NOT_APPLICABLE,
    Answers,
    Item,
    ItemKind,
    Page,
    Questionnaire,
)

PIPE = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?)(?:\|([^{}]*))?\}")
"""`{order}` or `{order|your order}`: the second part is said when the first is not known."""


def visible(
    questionnaire: Questionnaire, answers: Answers, context: Mapping[str, str] | None = None
) -> list[str]:
    """Keys of the items that are asked given these answers, in order.

    One walk from first to last: an item sees only what was answered before it, and answers of items that are
    not shown count for nothing. Conditions may also look at the context: `{channel} = 'phone'`.
    """
    seen: dict[str, object] = dict(context or {})
    shown: list[str] = []
    until: str | None = None
    for page in questionnaire.pages:
        page_shown = _holds(page.show_if, seen)
        for item in page.items:
            if until == item.key:
                until = None
            if until is not None or not page_shown or not _holds(item.show_if, seen):
                continue
            shown.append(item.key)
            seen |= _answers_of(item, answers)
            until = next((skip.to for skip in item.skips if _holds(skip.when, seen)), None)
    return shown


def pages_shown(
    questionnaire: Questionnaire, answers: Answers, context: Mapping[str, str] | None = None
) -> list[Page]:
    """The pages with something to ask, given these answers, each with only the items that are shown."""
    shown = set(visible(questionnaire, answers, context))
    pages = []
    for page in questionnaire.pages:
        items = tuple(item for item in page.items if item.key in shown)
        if items:
            pages.append(Page(key=page.key, items=items, title=page.title, show_if=page.show_if))
    return pages


def next_page(
    questionnaire: Questionnaire,
    answers: Answers,
    after: str | None,
    context: Mapping[str, str] | None = None,
) -> Page | None:
    """The page that follows the page of key `after` (None: the first one), or None at the end.

    Where `after` is itself no longer shown, the first shown page behind it follows.
    """
    order = [page.key for page in questionnaire.pages]
    start = order.index(after) + 1 if after in order else 0
    later = set(order[start:])
    return next((p for p in pages_shown(questionnaire, answers, context) if p.key in later), None)


def page_before(
    questionnaire: Questionnaire, answers: Answers, before: str, context: Mapping[str, str] | None = None
) -> Page | None:
    """The shown page in front of the page of key `before`, or None."""
    order = [page.key for page in questionnaire.pages]
    earlier = set(order[: order.index(before)]) if before in order else set(order)
    found = [page for page in pages_shown(questionnaire, answers, context) if page.key in earlier]
    return found[-1] if found else None


def piped(
    text: str, questionnaire: Questionnaire, answers: Answers, context: Mapping[str, str], language: str
) -> str:
    """The text with `{item}` and `{order}` filled in as plain text: whoever shows it must escape it.

    What is not known gives the words behind the bar, else nothing. Other braces stay as they are.
    """

    def said(found: re.Match[str]) -> str:
        name, otherwise = found[1], found[2] or ""
        if name in CONTEXT:
            return context.get(name, "") or otherwise
        item = questionnaire.by_key.get(name.partition(".")[0])
        if item is None:
            return found[0]
        return _spoken(item, name, answers, language) or otherwise

    return PIPE.sub(said, text)


def _spoken(item: Item, name: str, answers: Answers, language: str) -> str:
    value = _answers_of(item, answers).get(name)
    if is_empty(value) or value == NOT_APPLICABLE:
        return ""
    if item.kind in {ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.RANKING} and name == item.key:
        keys = value if isinstance(value, list | tuple) else [value]
        options = [item.option(key) for key in keys]
        return ", ".join(option.text.text(language) for option in options if option)
    if isinstance(value, Mapping | list | tuple):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _answers_of(item: Item, answers: Answers) -> dict[str, object]:
    """The item's answers as names that conditions use: `item`, `item.row`, `item.other`."""
    value = answers.get(item.key)
    found: dict[str, object] = {item.key: value}
    if isinstance(value, Mapping):
        found |= {f"{item.key}.{row.key}": value.get(row.key) for row in item.rows}
    if item.has_other:
        found[f"{item.key}.other"] = answers.get(f"{item.key}.other")
    return found


def _holds(expression: Expression | None, seen: Mapping[str, object]) -> bool:
    return expression is None or holds(expression, seen.get)


def names_of(item: Item) -> list[str]:
    """Every name under which conditions may look at the item's answers."""
    rows = [f"{item.key}.{row.key}" for row in item.rows]
    return [item.key, *rows, *([f"{item.key}.other"] if item.has_other else [])]


__all__ = ["END", "names_of", "next_page", "page_before", "pages_shown", "piped", "visible"]
