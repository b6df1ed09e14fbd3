"""All that is wrong or weak with a questionnaire, before anybody is asked."""

from collections.abc import Iterator, Sequence

from viaggio.pulse.questionnaire.model import RATINGS, Feeds, Finding, Item, ItemKind, Questionnaire
from viaggio.pulse.questionnaire.rules.duration import estimated_seconds, screens
from viaggio.pulse.questionnaire.rules.order import order
from viaggio.pulse.questionnaire.rules.scales import scale_of
from viaggio.pulse.questionnaire.rules.structure import structure
from viaggio.pulse.questionnaire.rules.wording import weak_wording

MOST_SCREENS = 3
MOST_SECONDS = 180
MOST_REQUIRED = 3
"""More required items than this, and more than half of all, is too many."""
MOST_SCALES = 3

FINDINGS = (
    "questionnaire.no_item", "language.bad", "language.double", "text.missing", "key.bad", "key.reserved",
    "key.double", "page.empty", "metric.wrong_kind", "pillar.missing", "option.not_for_this_kind",
    "option.too_few", "option.key_bad", "option.key_reserved", "option.double", "row.not_for_this_kind",
    "row.none", "row.key_bad", "row.double", "scale.not_for_this_kind", "scale.ends", "scale.points",
    "scale.nps_is_0_to_10", "limits.not_a_date", "limits.crossed", "limits.more_than_options",
    "limits.nothing_fits", "skip.unknown", "skip.backward", "logic.unknown_name", "logic.looks_ahead",
    "logic.unknown_option", "pipe.unknown_name", "pipe.looks_ahead", "pipe.no_fallback", "length.screens",
    "length.seconds", "length.required", "scale.mixed", "scale.many", "wording.leading", "wording.double",
    "wording.known_already",
)  # fmt: skip
"""Every code that a finding can have."""


def check(questionnaire: Questionnaire) -> list[Finding]:
    """What stops publication, then what is weak, each in the order of the items."""
    findings = [
        *structure(questionnaire),
        *order(questionnaire),
        *_length(questionnaire),
        *_scales(questionnaire),
        *(finding for item in questionnaire.items for finding in weak_wording(item)),
    ]
    return sorted(findings, key=lambda finding: not finding.stops)


def stops(findings: Sequence[Finding]) -> bool:
    """Whether something stops publication."""
    return any(finding.stops for finding in findings)


def _length(questionnaire: Questionnaire) -> Iterator[Finding]:
    if not questionnaire.languages:
        return
    filled = screens(questionnaire)
    if filled > MOST_SCREENS:
        yield _warning("length.screens", "pages", str(filled))
    seconds = max(estimated_seconds(questionnaire, language) for language in questionnaire.languages)
    if seconds > MOST_SECONDS:
        yield _warning("length.seconds", "pages", str(seconds))
    required = sum(item.required for item in questionnaire.items)
    if required > MOST_REQUIRED and 2 * required > len(questionnaire.items):
        yield _warning("length.required", "pages", str(required))


def _scales(questionnaire: Questionnaire) -> Iterator[Finding]:
    by_metric: dict[tuple[Feeds, str], tuple[int, int]] = {}
    all_scales: set[tuple[int, int]] = set()
    for item in questionnaire.items:
        if item.kind not in RATINGS and item.kind is not ItemKind.MATRIX:
            continue
        scale = scale_of(item)
        ends = (scale.lowest, scale.highest)
        all_scales.add(ends)
        for fed in _fed(item):
            if by_metric.setdefault(fed, ends) != ends:
                yield _warning("scale.mixed", f"{item.key}.scale", f"{ends[0]}-{ends[1]}")
                break
    if len(all_scales) > MOST_SCALES:
        yield _warning("scale.many", "pages", str(len(all_scales)))


def _fed(item: Item) -> Iterator[tuple[Feeds, str]]:
    lines = item.rows if item.kind is ItemKind.MATRIX else (item,)
    for line in lines:
        if line.metric is not Feeds.OTHER:
            yield line.metric, str(line.pillar or "")


def _warning(code: str, place: str, detail: str) -> Finding:
    return Finding(code=code, place=place, stops=False, detail=detail)
