"""What the pages call kinds of items, metrics and what is found in a draft."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from viaggio.pulse.questionnaire import Feeds, Finding, ItemKind

if TYPE_CHECKING:
    from viaggio.store.questionnaires import Lossy

KINDS: Mapping[ItemKind, Promise] = {
    ItemKind.NPS: _("Recommendation, 0 to 10"),
    ItemKind.CSAT: _("Satisfaction"),
    ItemKind.CES: _("Ease"),
    ItemKind.STARS: _("Stars"),
    ItemKind.SINGLE: _("One choice"),
    ItemKind.MULTIPLE: _("Several choices"),
    ItemKind.MATRIX: _("Ratings one below the other"),
    ItemKind.RANKING: _("Ranking"),
    ItemKind.NUMBER: _("Number"),
    ItemKind.DATE: _("Date"),
    ItemKind.COMMENT: _("Comment"),
}
FEEDS: Mapping[Feeds, Promise] = {
    Feeds.NPS: _("Recommendation (NPS)"),
    Feeds.CSAT: _("Satisfaction (CSAT)"),
    Feeds.CES: _("Ease (CES)"),
    Feeds.PILLAR: _("A pillar"),
    Feeds.REVIEW: _("Stars of a review"),
    Feeds.OTHER: _("No score: only its distribution"),
}
FINDINGS: Mapping[str, Promise] = {
    "questionnaire.no_item": _("There is no question yet."),
    "language.bad": _("A language code is not known."),
    "language.double": _("A language stands there twice."),
    "text.missing": _("The text is missing in one of the languages."),
    "key.bad": _("The key may only have small letters, digits and underscores."),
    "key.reserved": _("The key means something else."),
    "key.double": _("Two questions have the same key."),
    "page.empty": _("A page has no question."),
    "metric.wrong_kind": _("This kind of question can not feed that score."),
    "pillar.missing": _("A question that feeds a pillar must say which."),
    "option.not_for_this_kind": _("This kind of question has no options."),
    "option.too_few": _("There must be at least two options."),
    "option.key_bad": _("An option's key may only have small letters, digits and underscores."),
    "option.key_reserved": _("An option's key means something else."),
    "option.double": _("Two options have the same key."),
    "row.not_for_this_kind": _("This kind of question has no rows."),
    "row.none": _("There is no row to rate."),
    "row.key_bad": _("A row's key may only have small letters, digits and underscores."),
    "row.double": _("Two rows have the same key."),
    "scale.not_for_this_kind": _("This kind of question has no scale."),
    "scale.ends": _("The scale must end above its beginning."),
    "scale.points": _("Name every point of the scale, or none."),
    "scale.nps_is_0_to_10": _("Recommendation is asked from 0 to 10, else it is no NPS."),
    "limits.not_a_date": _("A limit is no date."),
    "limits.crossed": _("The lower limit is above the upper one."),
    "limits.more_than_options": _("More choices are asked for than there are."),
    "limits.nothing_fits": _("No answer fits these limits."),
    "skip.unknown": _("A skip leads to a question that is not there."),
    "skip.backward": _("A skip leads backwards: people would go in circles."),
    "logic.unknown_name": _("A condition names something that is not there."),
    "logic.looks_ahead": _("A condition looks at an answer that comes later."),
    "logic.unknown_option": _("A condition names an option that is not there."),
    "pipe.unknown_name": _("A text repeats something that is not there."),
    "pipe.looks_ahead": _("A text repeats an answer that comes later."),
    "pipe.no_fallback": _("Say what stands there when it is not known: {order|your order}."),
    "length.screens": _("Longer than three screens of a phone: many will stop before the end."),
    "length.seconds": _("Longer than three minutes: many will stop before the end."),
    "length.required": _("Many questions are required: people leave rather than answer."),
    "scale.mixed": _("The same score is asked on two scales: they can not be put together."),
    "scale.many": _("Many different scales make people err."),
    "wording.leading": _("The wording suggests an answer."),
    "wording.double": _("The question asks two things at once."),
    "wording.known_already": _("We know this already: do not ask customers to say it again."),
}


LOSSES: Mapping[str, Promise] = {
    "item.not_carried": _("a kind of question that we do not have"),
    "item.as_other_kind": _("carried as another kind of question"),
    "item.hidden": _("a hidden question, not carried"),
    "property.not_carried": _("a setting that we do not have"),
    "logic.not_carried": _("a condition that could not be read: the question is shown to everybody"),
    "skip.not_carried": _("a skip that could not be read"),
    "metric.to_choose": _("a rating of which nobody says what it feeds: choose it"),
    "scale.as_points": _("answers in words became points from 1"),
    "key.renamed": _("a name that can not be a key here"),
    "key.double": _("a name that came twice: the second has another key"),
    "text.missing": _("a text missing in one language, taken from another"),
    "markup.removed": _("formatting, links or pictures left out of a text"),
    "panel.flattened": _("a group inside a page became part of the page"),
    "flow.not_carried": _("an element of the flow that we do not have"),
    "pipe.fallback": _("the words said when a value is not known"),
    "not_applicable.not_carried": _("the answer that stands for “not applicable”"),
    "reserved.renamed": _("an option whose name has a meaning of its own here"),
}


def lossy_words(lossy: "Lossy") -> str:
    """What a file had and was not carried, with its place."""
    words = str(LOSSES.get(lossy.code, lossy.code))
    return f"{lossy.place}: {words}" + (f" ({lossy.detail})" if lossy.detail else "")


def finding_words(finding: Finding) -> str:
    """The finding in words."""
    return str(FINDINGS.get(finding.code, finding.code))


def length_words(seconds: int) -> str:
    """How long it takes, as respondents would say."""
    if seconds < 45:
        return gettext("under a minute")
    minutes = round(seconds / 60)
    return gettext("about a minute") if minutes <= 1 else gettext("about %(n)s minutes") % {"n": minutes}
