"""Comments in Italian and English out of a small grammar: what is said, about what, in which mood."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from viaggio.demo import phrases_en, phrases_it
from viaggio.demo.arrow import hide, join
from viaggio.demo.company import PILLARS, TOUCHPOINTS, numbered

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

FAMILIES = ("shop", "delivery", "billing", "care", "return", "workshop", "store", "app", "fleet", "company")
FAMILY = numbered(FAMILIES)
_OF = {
    "campaign": "shop", "shop_browse": "shop", "search": "shop", "product_page": "shop", "advice": "store",
    "test_ride": "store", "quote": "fleet", "sign_in": "shop", "cart": "shop", "checkout": "shop",
    "payment": "billing", "store_purchase": "store", "marketplace_order": "shop", "order_update": "delivery",
    "delivery": "delivery", "invoice": "billing", "self_help": "care", "help_request": "care",
    "complaint": "care",
    "social_question": "care", "return": "return", "public_review": "company", "service_booking": "workshop",
    "workshop_repair": "workshop", "technician_visit": "workshop", "service_plan": "workshop",
    "app_garage": "app",
}  # fmt: skip
FAMILY_OF = np.array([FAMILY[_OF[touchpoint.slug]] for touchpoint in TOUCHPOINTS])
"""What a comment about each touchpoint talks of."""
CAUSE_FAMILY = ("delivery", "billing", "workshop", "store", "app", "return", "fleet")
"""What a ticket of each cause talks of."""

SIGNS = ("-", "=", "+")
MAX_VARIANTS = 48


@dataclass(frozen=True, slots=True)
class Pool:
    """Sentences of all cells in one list; a cell's own are those from `start`, `count` of them."""

    texts: Any
    start: Ints
    count: Ints

    def draw(self, rng: np.random.Generator, cell: Ints) -> Any:
        """One sentence per row, at random among those of its cell; an empty text where the cell has none."""
        at = self.start[cell] + (rng.random(len(cell)) * self.count[cell]).astype(np.int64)
        return self.texts.take(pa.array(np.where(self.count[cell] > 0, at, 0)))


def expanded(sentence: str) -> list[str]:
    """All sentences that `(this|that)` alternatives stand for, at most `MAX_VARIANTS`, evenly chosen."""
    parts = [
        part[1:-1].split("|") if part.startswith("(") else [part]
        for part in re.split(r"(\([^()]*\))", sentence)
    ]
    found = ["".join(choice) for choice in product(*parts)]
    return found[:: max(1, -(-len(found) // MAX_VARIANTS))]


def _parse(text: str) -> Mapping[str, list[str]]:
    """`key: sentence ; sentence` lines; a line that starts with a blank goes on with the key above."""
    found: dict[str, list[str]] = {}
    key = ""
    for line in text.strip().splitlines():
        if not line.startswith(" "):
            key, _, line = line.partition(":")  # noqa: PLW2901 -- the rest of the line is what is read below
        for sentence in line.split(";"):
            if sentence.strip():
                found.setdefault(key, []).extend(expanded(sentence.strip()))
    return found


def _pool(cells: Sequence[Sequence[str]]) -> Pool:
    flat = [""] + [text for cell in cells for text in cell]
    count = np.array([len(cell) for cell in cells])
    start = 1 + np.concatenate([[0], np.cumsum(count)[:-1]])
    return Pool(pa.array(flat, pa.string()), start.astype(np.int64), count.astype(np.int64))


@dataclass(frozen=True, slots=True)
class Grammar:
    """Pools of both languages; cells are numbered language first."""

    opening: Pool  # language, sign
    core: Pool  # language, family, pillar, sign: what the family has of its own, else what the pillar has
    general: Pool  # language, pillar, sign
    about: Pool  # language, family, sign
    closing: Pool  # language, sign
    plea: Pool  # language
    question: Pool  # language, family


@cache
def grammar() -> Grammar:
    """The grammar of both languages."""
    books = [_parse(phrases_it.PHRASES), _parse(phrases_en.PHRASES)]
    cells: dict[str, list[Sequence[str]]] = {name: [] for name in Grammar.__dataclass_fields__}
    for book in books:
        cells["opening"] += [book[f"opening {sign}"] for sign in SIGNS]
        cells["closing"] += [book[f"closing {sign}"] for sign in SIGNS]
        cells["general"] += [book[f"{pillar} {sign}"] for pillar in PILLARS for sign in SIGNS]
        cells["about"] += [book.get(f"{family} {sign}", []) for family in FAMILIES for sign in SIGNS]
        cells["core"] += [
            book.get(f"{family} {pillar} {sign}", book[f"{pillar} {sign}"])
            for family in FAMILIES for pillar in PILLARS for sign in SIGNS
        ]  # fmt: skip
        cells["plea"].append(book["plea"])
        cells["question"] += [book.get(f"question {family}", book["question"]) for family in FAMILIES]
    return Grammar(**{name: _pool(found) for name, found in cells.items()})


def _maybe(rng: np.random.Generator, texts: Any, share: float) -> Any:
    return hide(texts, rng.random(len(texts)) >= share)


def compose(
    rng: np.random.Generator,
    family: Ints,
    pillar: Ints,
    sentiment: Ints,
    english: Mask,
    *,
    plea: Mask | None = None,
) -> Any:
    """One comment per row about that family of touchpoints and pillar; sentiment 0 bad, 1 mixed, 2 good."""
    found, n = grammar(), len(family)
    tongue = english.astype(np.int64)
    mood = tongue * 3 + sentiment
    own = ((tongue * len(FAMILIES) + family) * 6 + pillar) * 3 + sentiment
    other = (tongue * 6 + rng.integers(0, 6, n)) * 3 + sentiment
    about = (tongue * len(FAMILIES) + family) * 3 + sentiment
    parts = [
        _maybe(rng, found.opening.draw(rng, mood), 0.46),
        _maybe(rng, found.about.draw(rng, about), 0.6),
        found.core.draw(rng, own),
        _maybe(rng, found.general.draw(rng, other), 0.32),
        _maybe(rng, found.closing.draw(rng, mood), 0.42),
        hide(found.plea.draw(rng, tongue), np.ones(n, bool) if plea is None else ~plea),
    ]
    return _worn(rng, _sentences(parts), english)


def question(rng: np.random.Generator, family: Ints, english: Mask) -> Any:
    """What a customer writes or says when asking for help."""
    found = grammar()
    cell = english * len(FAMILIES) + family
    return _worn(rng, _sentences([found.question.draw(rng, cell)]), english)


def _sentences(parts: Sequence[Any]) -> Any:
    """Parts put together with a blank between, empty ones left out."""
    filled = [pc.fill_null(part, "") for part in parts]
    whole = pc.binary_join_element_wise(*filled, " ")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(whole, " +", " "))


def _worn(rng: np.random.Generator, texts: Any, english: Mask) -> Any:
    """As people type: some without capitals, without accents, without the last full stop, or shouting."""
    n = len(texts)
    drawn = rng.random(n)
    texts = pc.if_else(pa.array(drawn < 0.14), pc.utf8_lower(texts), texts)
    flat = texts
    for accented, plain in (("è", "e'"), ("é", "e"), ("à", "a'"), ("ù", "u'"), ("ò", "o'"), ("ì", "i'")):
        flat = pc.replace_substring(flat, accented, plain)
    texts = pc.if_else(pa.array((drawn > 0.09) & (drawn < 0.22) & ~english), flat, texts)
    bare = pc.replace_substring_regex(texts, r"\.$", "")
    texts = pc.if_else(pa.array(drawn > 0.72), bare, texts)
    loud = join(pc.replace_substring_regex(texts, r"[.!]$", ""), "!!!")
    return pc.if_else(pa.array((drawn > 0.3) & (drawn < 0.34)), loud, texts)
