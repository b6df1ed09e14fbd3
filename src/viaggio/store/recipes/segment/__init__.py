"""Messages in Segment's shape, as the door of live events took them: pages, events, people, accounts.

Landed by `viaggio` itself: `segment-messages.jsonl`, one request a line with when and how it came; the
company's rules of that time, `events.toml`; and its catalogue, `catalogue.json`. What is decided here:

- A page, screen or track is an interaction; identify, group and alias say who somebody is.
- A row's id is the messageId, and what came first holds (`once`): the same message again changes nothing.
- A track without an outcome happens on a page that is told already and is no page of a visit (`on_page`).
"""

import json
from collections.abc import Iterator

from viaggio.kernel import BadFile
from viaggio.store.incoming import Batch
from viaggio.store.recipes.catalogue import catalogue_batch
from viaggio.store.recipes.rows import converted
from viaggio.store.recipes.segment.facts import Converter
from viaggio.store.recipes.segment.message import messages
from viaggio.store.recipes.segment.rules import FILE, Rules, read_rules
from viaggio.store.recipes.shape import Kitchen, Recipe

NAME = "segment"
MESSAGES, CATALOGUE = "segment-messages.jsonl", "catalogue.json"


def _batches(kitchen: Kitchen) -> Iterator[Batch]:
    source = kitchen.source("messages")
    work = Converter(_rules(kitchen), kitchen.options["currency"], _known(kitchen))
    yield from converted("interactions", messages(source), work.rows)
    if work.met:
        yield catalogue_batch(work.met[slug] for slug in sorted(work.met))


def _text(kitchen: Kitchen, role: str) -> str | None:
    from viaggio.store.importers.arrow import pa

    source = kitchen.optional(role)
    if source is None:
        return None
    with pa.input_stream(str(source.path), compression="detect") as stream:
        return bytes(stream.read()).decode()


def _rules(kitchen: Kitchen) -> Rules:
    text = _text(kitchen, "rules")
    return Rules() if text is None else read_rules(text)


def _known(kitchen: Kitchen) -> dict[str, tuple[str, str]]:
    text = _text(kitchen, "catalogue")
    try:
        return {slug: (phase, moment) for slug, (phase, moment) in json.loads(text or "{}").items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise BadFile("the catalogue can not be read", place=CATALOGUE) from error


RECIPE = Recipe(
    name=NAME,
    source="Messages in the shape of Segment's HTTP API, taken live at /v1/",
    version=1,
    files={"messages": MESSAGES, "rules": FILE, "catalogue": CATALOGUE},
    optional=frozenset({"rules", "catalogue"}),
    options={"currency": "EUR"},
    about={"currency": "currency of an amount that names none"},
    once=True,
    batches=_batches,
)
