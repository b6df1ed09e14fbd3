"""What the office's pages say about problems, runs, steps, flags and staff."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from viaggio.kernel import ViaggioError

PROBLEMS: Mapping[str, Promise] = {
    "incentive.state": _(
        "That is not possible in the state it is in. Perhaps somebody was quicker: see how it stands now."
    ),
    "incentive.same_person": _(
        "Two people are needed here, and you are one of them already: ask somebody else."
    ),
    "incentive.plan_refused": _("The plan is refused: mend what is listed below first."),
    "incentive.not_verified": _(
        "The run does not come out the same again: do not approve it, look at its inputs."
    ),
    "incentive.ledger_broken": _(
        "The ledger's chain does not hold: nothing is posted on it. Call whoever looks after the records."
    ),
    "incentive.too_late": _("The day until which this was possible has passed."),
    "incentive.missing": _("Something is missing: write the reason."),
    "incentive.names_somebody": _("Everybody reads this text: write what was wrong, and name nobody."),
    "incentive.no_key": _("The key of the pay-roll identities is not there."),
    "incentive.unreadable": _("The text is no plan yet: mend where it breaks off."),
    "incentive.bad_plan": _("The plan can not be read: see what is found in it."),
    "incentive.bad_amount": _("A number is missing or not exact."),
    "incentive.bad_assignment": _("Somebody's working times can not be true: look at the staff."),
}
"""By the code of the error."""


def problem_words(error: ViaggioError) -> str:
    """What stands in the way, with its place where there is one."""
    words = str(PROBLEMS.get(error.code, gettext("That did not work.")))
    return f"{words} ({error.place})" if error.place and error.code in PLACED else words


def code_words(failure: str) -> str:
    """What a failure of the background says: its code, then its place."""
    code, _space, place = failure.partition(" ")
    if place == "results":
        return gettext("A figure that the pool or a gate reads is missing: say what you assume for it.")
    words = str(PROBLEMS.get(code, gettext("That did not work.")))
    return f"{words} ({place})" if place and code in PLACED else words


PLACED = frozenset({"incentive.bad_plan", "incentive.bad_amount", "incentive.bad_assignment"})


def reject_words(what: str) -> str:
    """Why a row of staff was kept apart; the reader's own words where there are none here."""
    return str(REJECTS.get(what, what))


REJECTS: Mapping[str, Promise] = {
    "missing": _("it is missing"),
    "no_day": _("no day, such as 2026-01-31"),
    "no_number": _("no exact number"),
    "before_first": _("the last day lies before the first"),
    "not_between_0_and_1": _("working time lies between 0 and 1"),
    "no_amount": _("no amount in whole cents"),
    "neither_stay_nor_absence": _("neither a stay nor an absence"),
    "more_than_full_time": _("together more than full time"),
    "too_long": _("too long"),
    "nobody": _("nobody has an account with this address"),
}
"""By the code of a rejected row."""
