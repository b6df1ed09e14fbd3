"""Which wording an answer was given to: items whose question changed get a new version."""

from dataclasses import replace

from viaggio.pulse.questionnaire.model import Item, Page, Questionnaire


def next_version(before: Questionnaire, after: Questionnaire) -> Questionnaire:
    """`after` with each item's version: one more where its question is not that of `before`, else the same.

    The question is its kind, words, scale, options and rows; where it leads and what it feeds are not.
    """
    pages = tuple(
        Page(
            key=page.key,
            title=page.title,
            show_if=page.show_if,
            items=tuple(_counted(before.by_key.get(item.key), item) for item in page.items),
        )
        for page in after.pages
    )
    return replace(after, pages=pages)


def _counted(before: Item | None, after: Item) -> Item:
    if before is None:
        return after
    same = _question(before) == _question(after)
    return replace(after, version=before.version if same else before.version + 1)


def _question(item: Item) -> object:
    rows = tuple((row.key, row.text) for row in item.rows)
    return (
        item.kind, item.text, item.help, item.scale, item.options, rows, item.other, item.not_applicable,
    )  # fmt: skip
