"""Nouns of the questionnaire: wording in several languages, scales, options, items, pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from viaggio.journey.model import Phase
from viaggio.pulse.model import Pillar
from viaggio.pulse.questionnaire.logic import Expression

OTHER = "other"
"""Key of the choice `other`, whose words come beside it under `<item>.other`."""
NOT_APPLICABLE = "not_applicable"
"""The answer "I do not know, or it does not concern me": kept, and in no base."""
END = "end"
"""Where a skip goes that ends the questionnaire."""
CONTEXT = (
    "order", "product", "touchpoint", "channel", "agent", "date", "amount", "ticket", "name", "company",
    "store",
)  # fmt: skip
"""What an invitation knows already and a text may say: `{order}`. No item can have such a key."""

type Answers = Mapping[str, object]
"""What was answered, by item key.

A rating is a number, a single choice an option's key, a multiple choice and a ranking (best first) a list
of keys, a matrix a mapping of row key to number, a number a number, a date a text `2026-09-30`, a comment a
text.
`NOT_APPLICABLE` may stand for a rating, a choice, a row, a number or a date where the item allows it.
`<item>.other` holds the words of the choice `other`.
"""


class ItemKind(StrEnum):
    """The kinds of item."""

    NPS = "nps"  # recommendation, 0 to 10
    CSAT = "csat"  # satisfaction
    CES = "ces"  # effort
    STARS = "stars"
    SINGLE = "single"
    MULTIPLE = "multiple"
    MATRIX = "matrix"  # ratings on one scale, one below the other
    RANKING = "ranking"
    NUMBER = "number"
    DATE = "date"
    COMMENT = "comment"


RATINGS = frozenset({ItemKind.NPS, ItemKind.CSAT, ItemKind.CES, ItemKind.STARS})
"""Kinds that ask for one number of a scale."""
CHOICES = frozenset({ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.RANKING})
"""Kinds that offer options."""


class Feeds(StrEnum):
    """The metric that an item's answers feed; `answers.metric` in the facts."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    PILLAR = "pillar"
    REVIEW = "review"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Wording:
    """One text in several languages: pairs of language (ISO 639-1, perhaps with region) and words, sorted."""

    pairs: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pairs)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages there is a text in."""
        return tuple(language for language, _ in self.pairs)

    def text(self, language: str, *otherwise: str) -> str:
        """The words in that language, else in the first of `otherwise` there is, else in any, else none."""
        found = dict(self.pairs)
        for wanted in (language, *otherwise):
            if wanted in found:
                return found[wanted]
        return self.pairs[0][1] if self.pairs else ""


def wording(texts: Mapping[str, str] | None = None, /, **by_language: str) -> Wording:
    """`wording(it="Ciao", en="Hello")`; languages without words are left out."""
    both = {**(texts or {}), **by_language}
    return Wording(tuple(sorted((language, text) for language, text in both.items() if text.strip())))


NO_WORDS = Wording()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Whole numbers from `lowest` to `highest`.

    `low` and `high` name the ends; `points` name every number, or are empty.
    """

    lowest: int
    highest: int
    low: Wording = NO_WORDS
    high: Wording = NO_WORDS
    points: tuple[Wording, ...] = ()

    @property
    def values(self) -> range:
        """Every number of the scale."""
        return range(self.lowest, self.highest + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice.

    An `exclusive` one (none of these) stands alone. `out_of_base` means "not applicable": who chose nothing
    else leaves the base.
    """

    key: str
    text: Wording
    exclusive: bool = False
    out_of_base: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a matrix: what is rated there and what the rating feeds."""

    key: str
    text: Wording
    metric: Feeds = Feeds.OTHER
    pillar: Pillar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an answer may be.

    Numbers: `lowest`, `highest`, `whole`; dates: `first`, `last` (ISO days); texts: `longest` in characters;
    several choices: `fewest` and `most` of them.
    """

    lowest: float | None = None
    highest: float | None = None
    whole: bool = False
    first: str = ""
    last: str = ""
    longest: int | None = None
    fewest: int | None = None
    most: int | None = None


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """Where `when` holds once its item is behind, all items before `to` are passed over."""

    when: Expression
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question. `version` rises when its wording, scale or options change; `origin` is its bank entry."""

    key: str
    kind: ItemKind
    text: Wording
    help: Wording = NO_WORDS
    metric: Feeds = Feeds.OTHER
    pillar: Pillar | None = None
    touchpoint: str = ""
    phase: Phase | None = None
    scale: Scale | None = None
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    required: bool = False
    not_applicable: bool = False
    other: Wording = NO_WORDS
    limits: Limits = NO_LIMITS
    show_if: Expression | None = None
    skips: tuple[Skip, ...] = ()
    version: int = 1
    origin: str = ""

    @property
    def has_other(self) -> bool:
        """Whether one may answer in own words beside the options."""
        return bool(self.other)

    def option(self, key: object) -> Option | None:
        """The option of that key; the choice `other` counts as one where there is one."""
        if key == OTHER and self.has_other:
            return Option(key=OTHER, text=self.other)
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is shown at once."""

    key: str
    items: tuple[Item, ...]
    title: Wording = NO_WORDS
    show_if: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Questionnaire:
    """Pages of items in one or more languages; the first language is the one to fall back on."""

    title: Wording
    languages: tuple[str, ...]
    pages: tuple[Page, ...]
    intro: Wording = NO_WORDS
    thanks: Wording = NO_WORDS

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All items, in the order in which they are asked."""
        return tuple(item for page in self.pages for item in page.items)

    @cached_property
    def by_key(self) -> Mapping[str, Item]:
        """Items by key; of two with one key the first."""
        return {item.key: item for item in reversed(self.items)}

    def language(self, wanted: str | None) -> str:
        """The language to speak with somebody who wants that one: `it-IT` gets `it`, else the first."""
        if wanted in self.languages:
            return str(wanted)
        short = (wanted or "").replace("_", "-").partition("-")[0].lower()
        return short if short in self.languages else self.languages[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong (`stops`: it can not be published) or weak; `place` such as `recommend.text.it`."""

    code: str
    place: str
    stops: bool
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why an answer is refused; with `note`, it is only left out and the rest is taken."""

    code: str
    item: str
    value: object = None
    note: bool = False
