"""What respondents are told: faults of an answer, why answers are not taken, how long it takes."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from viaggio.pulse.questionnaire import Fault

FAULT_WORDS: Mapping[str, Promise] = {
    "answer.required": gettext_lazy("Please answer this question."),
    "answer.off_scale": gettext_lazy("Choose one of the numbers shown."),
    "answer.not_a_rating": gettext_lazy("Choose one of the numbers shown."),
    "answer.not_a_matrix": gettext_lazy("Choose one of the numbers shown."),
    "answer.unknown_row": gettext_lazy("Choose one of the numbers shown."),
    "answer.unknown_option": gettext_lazy("Choose one of the answers shown."),
    "answer.not_a_list": gettext_lazy(
        "Give each answer a place of its own: 1 for the first, 2 for the next."
    ),
    "answer.option_twice": gettext_lazy("Each answer can be chosen once."),
    "answer.exclusive_with_others": gettext_lazy("This answer can not go together with the others."),
    "answer.too_few_options": gettext_lazy("Choose some more answers."),
    "answer.too_many_options": gettext_lazy("Choose fewer answers."),
    "answer.not_a_number": gettext_lazy("Write a number, such as 3."),
    "answer.not_whole": gettext_lazy("Write a whole number, such as 3."),
    "answer.out_of_limits": gettext_lazy("This is outside what we can accept here."),
    "answer.not_a_date": gettext_lazy("Write a day, such as 2026-11-20."),
    "answer.too_long": gettext_lazy("This text is too long: please shorten it."),
    "answer.not_a_text": gettext_lazy("We can not read this text: please write it again."),
}


def fault_words(fault: Fault) -> str:
    """One sentence that says what to do about a fault."""
    return str(FAULT_WORDS.get(fault.code) or _("We can not accept this answer: please choose another one."))


def stopped_words(code: str) -> tuple[str, str]:
    """Heading and sentence for who can not answer (any more)."""
    words = {
        "expired": (
            _("This survey is over"),
            _("We had asked for answers until a certain day, and that day has passed. Thank you for coming."),
        ),
        "closed": (
            _("This survey is closed"),
            _("We are no longer collecting answers here. Thank you for thinking of us."),
        ),
        "quota_full": (
            _("We have heard enough people"),
            _("So many people answered that we have all we need this time. Thank you all the same."),
        ),
        "not_yet": (
            _("This survey has not started yet"),
            _("Come back in a little while: the link stays the same."),
        ),
        "spent": (
            _("We already have your answers"),
            _("This link can be used once only, so that everybody counts once. Thank you."),
        ),
        "busy": (
            _("One moment, please"),
            _("Many people are answering right now. Send it again in a moment: nothing is lost."),
        ),
        "too_many": (
            _("One moment, please"),
            _("This link was used very often just now. Wait a minute and try again: nothing is lost."),
        ),
    }
    return words.get(code) or (
        _("This link does not work"),
        _("It may have been cut off on its way. Open it again from the message that we sent you."),
    )


def how_long(items: int, seconds: int) -> str:
    """How many questions there are and how long they take."""
    questions = ngettext("%(count)d question", "%(count)d questions", items) % {"count": items}
    if seconds < 60:
        return _("%(questions)s, less than a minute.") % {"questions": questions}
    minutes = round(seconds / 60)
    about = ngettext("about %(count)d minute", "about %(count)d minutes", minutes) % {"count": minutes}
    return f"{questions}, {about}."
