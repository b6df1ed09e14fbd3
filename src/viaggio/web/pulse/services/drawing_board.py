"""What the builder shows: a version with its findings and length, the shelves of the item bank, files."""

from dataclasses import dataclass
from typing import Any

from viaggio.journey.model import Phase
from viaggio.kernel import BadWorkspace
from viaggio.pulse.bank import BANK, Entry
from viaggio.pulse.model import Pillar
from viaggio.pulse.questionnaire import (
    USUAL,
    USUAL_METRIC,
    Feeds,
    Finding,
    Item,
    ItemKind,
    Option,
    Questionnaire,
    Row,
    check,
    estimated_seconds,
    piped,
    scale_of,
    stops,
    to_json,
    wording,
)
from viaggio.web.pulse.models import Questionnaire as Record
from viaggio.web.pulse.models import QuestionnaireVersion
from viaggio.web.pulse.services import building
from viaggio.web.pulse.services.overview import name_of
from viaggio.web.pulse.words import KINDS, finding_words, length_words, lossy_words
from viaggio.web.shared.names import PHASES, PILLARS, touchpoint_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One question as the builder shows it."""

    item: Item
    text: str
    kind: str
    feeds: str
    first: bool
    last: bool
    scale: tuple[int, ...]
    low: str
    high: str
    options: tuple[str, ...]
    rows: tuple[str, ...]
    hint: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page of the questionnaire."""

    number: int
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A version on the drawing board."""

    record: Record
    version: QuestionnaireVersion
    published: QuestionnaireVersion | None
    shown: Questionnaire
    language: str
    sheets: tuple[Sheet, ...]
    stopping: tuple[tuple[str, str], ...]
    weak: tuple[tuple[str, str], ...]
    length: str
    versions: tuple[QuestionnaireVersion, ...]

    @property
    def draft(self) -> bool:
        """Whether it may be edited."""
        return self.version.published_at is None

    @property
    def title(self) -> str:
        """The name in the language shown."""
        return plain_title(self.shown, self.language) or self.record.slug

    @property
    def intro(self) -> str:
        """The introduction in the language shown."""
        return piped(self.shown.intro.text(self.language), self.shown, {}, {}, self.language)

    @property
    def ready(self) -> bool:
        """Whether it can be published."""
        return self.draft and not self.stopping


def plain_title(questionnaire: Questionnaire, language: str) -> str:
    """The name as staff read it: what is not known yet is said with its fallback words."""
    return piped(
        questionnaire.title.text(language, *questionnaire.languages), questionnaire, {}, {}, language
    )


def board(record: Record, number: str | None, language: str) -> Board:
    """A version by number, else the draft, else the newest."""
    versions = tuple(record.versions.order_by("-number"))
    version = next((v for v in versions if str(v.number) == number), versions[0])
    shown = building.shown(version)
    findings = check(shown)
    language = shown.language(language)
    return Board(
        record=record,
        version=version,
        published=next((v for v in versions if v.published_at), None),
        shown=shown,
        language=language,
        sheets=_sheets(shown, language, findings),
        stopping=_told(findings, stop=True),
        weak=_told(findings, stop=False),
        length=length_words(estimated_seconds(shown, language)),
        versions=versions,
    )


def _told(findings: list[Finding], *, stop: bool) -> tuple[tuple[str, str], ...]:
    """Place and words of the findings of one sort, each said once a place."""
    return tuple(
        dict.fromkeys(
            (finding.place.split(".")[0], finding_words(finding))
            for finding in findings
            if finding.stops is stop
        )
    )


def _sheets(shown: Questionnaire, language: str, findings: list[Finding]) -> tuple[Sheet, ...]:
    items = shown.items
    sheets = []
    for number, page in enumerate(shown.pages):
        cards = tuple(
            _card(item, shown, language, findings, first=item is items[0], last=item is items[-1])
            for item in page.items
        )
        sheets.append(Sheet(number=number, title=page.title.text(language), cards=cards))
    return tuple(sheets)


def _card(
    item: Item, shown: Questionnaire, language: str, findings: list[Finding], *, first: bool, last: bool
) -> Card:
    rated = item.kind in USUAL
    scale = scale_of(item) if rated else None
    return Card(
        item=item,
        text=piped(item.text.text(language), shown, {}, {}, language),
        kind=str(KINDS[item.kind]),
        feeds=_feeds(item),
        first=first,
        last=last,
        scale=tuple(scale.values) if scale else (),
        low=scale.low.text(language) if scale else "",
        high=scale.high.text(language) if scale else "",
        options=tuple(option.text.text(language) for option in item.options)
        + ((item.other.text(language),) if item.has_other else ()),
        rows=tuple(row.text.text(language) for row in item.rows),
        hint=item.help.text(language),
        findings=tuple(
            dict.fromkeys(finding_words(f) for f in findings if f.place.split(".")[0] == item.key)
        ),
    )


def _feeds(item: Item) -> str:
    if item.kind is ItemKind.MATRIX:
        pillars = [row.pillar for row in item.rows if row.pillar]
        return ", ".join(dict.fromkeys(str(PILLARS[pillar]) for pillar in pillars))
    if item.pillar:
        return str(PILLARS[item.pillar])
    return {Feeds.NPS: "NPS", Feeds.CSAT: "CSAT", Feeds.CES: "CES"}.get(item.metric, "")


def rows(language: str, *, archived: bool) -> list[dict[str, Any]]:
    """One row per questionnaire for the list."""
    found = []
    records = Record.objects.filter(archived_at__isnull=not archived).prefetch_related("versions", "pulses")
    for record in records:
        versions = sorted(record.versions.all(), key=lambda version: -version.number)
        shown = building.shown(versions[0])
        findings = check(shown)
        found.append(
            {
                "record": record,
                "title": plain_title(shown, language) or record.slug,
                "questions": len(shown.items),
                "length": length_words(estimated_seconds(shown, shown.language(language))),
                "languages": ", ".join(shown.languages),
                "draft": next((v for v in versions if v.published_at is None), None),
                "published": next((v for v in versions if v.published_at), None),
                "stops": stops(findings),
                "pulses": [(pulse.slug, name_of(pulse)) for pulse in record.pulses.all()],
            }
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Entries of the bank under one heading."""

    key: str
    title: str
    entries: tuple[tuple[Entry, str, bool], ...]


def shelves(language: str, shown: Questionnaire) -> list[Shelf]:
    """The item bank by pillar and phase, each entry with its words and whether it is in use here already."""
    used = {item.origin for item in shown.items if item.origin}

    def shelf(key: str, title: str, entries: list[Entry]) -> Shelf:
        return Shelf(
            key=key,
            title=title,
            entries=tuple(
                (e, piped(e.item.text.text(language, "en"), shown, {}, {}, language), e.item.origin in used)
                for e in entries
            ),
        )

    left = list(BANK.values())
    general = [e for e in left if not e.item.pillar and not e.item.phase]
    found = [shelf("general", "", general)]
    found += [
        shelf(str(p), str(PHASES[p]), [e for e in left if e.item.phase is p and not e.item.pillar])
        for p in Phase
    ]
    found += [shelf(str(p), str(PILLARS[p]), [e for e in left if e.item.pillar is p]) for p in Pillar]
    return [shelf for shelf in found if shelf.entries]


def blank(kind: ItemKind) -> Item:
    """An empty question of a kind, with what it needs to be edited."""
    words = wording()
    two = (Option(key="a", text=words), Option(key="b", text=words)) if kind in {
        ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.RANKING
    } else ()  # fmt: skip
    lines = (Row(key="a", text=words),) if kind is ItemKind.MATRIX else ()
    return Item(
        key=str(kind),
        kind=kind,
        text=words,
        metric=USUAL_METRIC.get(kind, Feeds.OTHER),
        options=two,
        rows=lines,
    )


def touchpoints() -> list[tuple[str, str]]:
    """The catalogue's touchpoints, slug and name; none before there are data."""
    from viaggio.web.shared.workspace import current_engine

    try:
        engine = current_engine()
    except BadWorkspace:
        return []
    known = {str(row["id"]): row for row in engine.run(engine.tables().touchpoints).to_pylist()}
    return sorted(((slug, touchpoint_name(slug, known)) for slug in known), key=lambda pair: pair[1])


def from_file(upload: Any) -> tuple[Questionnaire, list[str]]:
    """A questionnaire from a file of another system, and what could not be carried over."""
    from viaggio.store.questionnaires import read_questionnaire

    questionnaire, report = read_questionnaire(upload.read(), str(upload.name or ""))
    return questionnaire, [lossy_words(lossy) for lossy in report.lossy]


def as_file(board: Board, form: str) -> tuple[str, str]:
    """Text and name of the file."""
    name = f"{board.record.slug}-{board.version.number}"
    if form == "surveyjs":
        from viaggio.store.questionnaires import to_surveyjs

        return to_surveyjs(board.shown)[0], f"{name}.surveyjs.json"
    return to_json(board.shown), f"{name}.json"
