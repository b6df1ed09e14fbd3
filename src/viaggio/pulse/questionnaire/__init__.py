"""The questionnaire: its nouns, its conditions, its JSON, and what can be done with it. All of it is pure.

Read and write: `from_json`, `to_json`, `digest`. Before publishing: `check`, `estimated_seconds`, `screens`,
`next_version`. While somebody answers: `visible`, `pages_shown`, `next_page`, `page_before`, `piped`,
`from_form`, `validate`, `accepted`. Afterwards: `scored` gives the rows of the facts tables `answers` and
`texts`.

    answers = from_form(questionnaire, {"recommend": ["9"], "why": ["Quick."]})
    faults = validate(questionnaire, answers, finished=True)
    if not refused(faults):
        rows = scored(questionnaire, answers, "en").answers
"""

from viaggio.pulse.questionnaire.canonical import SCHEMA, as_data, digest, item_data, to_json
from viaggio.pulse.questionnaire.logic import BadExpression, Expression, holds, names, parsed, written
from viaggio.pulse.questionnaire.model import (
    CHOICES,
    CONTEXT,
    END,
    NO_LIMITS,
    NO_WORDS,
    NOT_APPLICABLE,
    OTHER,
    RATINGS,
    Answers,
    Fault,
    Feeds,
    Finding,
    Item,
    ItemKind,
    Limits,
    Option,
    Page,
    Questionnaire,
    Row,
    Scale,
    Skip,
    Wording,
    wording,
)
from viaggio.pulse.questionnaire.reading import BadQuestionnaire, from_data, from_json, item_from_data
from viaggio.pulse.questionnaire.rules.checks import FINDINGS, check, stops
from viaggio.pulse.questionnaire.rules.duration import estimated_seconds, screens
from viaggio.pulse.questionnaire.rules.flow import next_page, page_before, pages_shown, piped, visible
from viaggio.pulse.questionnaire.rules.form import from_form
from viaggio.pulse.questionnaire.rules.scales import USUAL, USUAL_METRIC, scale_of
from viaggio.pulse.questionnaire.rules.scoring import AnswerRow, Scored, TextRow, scored
from viaggio.pulse.questionnaire.rules.validation import FAULTS, accepted, refused, validate
from viaggio.pulse.questionnaire.rules.versions import next_version

__all__ = [
    "CHOICES",
    "CONTEXT",
    "END",
    "FAULTS",
    "FINDINGS",
    "NOT_APPLICABLE",
    "NO_LIMITS",
    "NO_WORDS",
    "OTHER",
    "RATINGS",
    "SCHEMA",
    "USUAL",
    "USUAL_METRIC",
    "AnswerRow",
    "Answers",
    "BadExpression",
    "BadQuestionnaire",
    "Expression",
    "Fault",
    "Feeds",
    "Finding",
    "Item",
    "ItemKind",
    "Limits",
    "Option",
    "Page",
    "Questionnaire",
    "Row",
    "Scale",
    "Scored",
    "Skip",
    "TextRow",
    "Wording",
    "accepted",
    "as_data",
    "check",
    "digest",
    "estimated_seconds",
    "from_data",
    "from_form",
    "from_json",
    "holds",
    "item_data",
    "item_from_data",
    "names",
    "next_page",
    "next_version",
    "page_before",
    "pages_shown",
    "parsed",
    "piped",
    "refused",
    "scale_of",
    "scored",
    "screens",
    "stops",
    "to_json",
    "validate",
    "visible",
    "wording",
    "written",
]
