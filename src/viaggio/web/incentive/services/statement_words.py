"""Codes of a statement in words that whoever is paid can check: what counted, why, what happens next."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from viaggio.web.incentive.plan_words import kpi_name
from viaggio.web.incentive.services.plan_places import touchpoint_called
from viaggio.web.shared import formats

SOURCES: Mapping[str, Promise] = {
    "own": gettext_lazy("From the answers about this group itself."),
    "privacy:parent": gettext_lazy(
        "The group is too small to be looked at alone. So the value of the unit above it counts."
    ),
    "fallback:rolling_window": gettext_lazy(
        "There were too few answers in the period. So earlier answers count too."
    ),
    "fallback:parent": gettext_lazy("There were too few answers. So the value of the unit above it counts."),
    "fallback:redistribute": gettext_lazy(
        "There were too few answers. So the weight of this line went to your other lines."
    ),
    "fallback:neutral": gettext_lazy("There were too few answers. So this line pays 100%."),
}
"""Where a value comes from, by reason code; too few answers never pay nothing."""

STATUSES: Mapping[str, Promise] = {
    "ok": gettext_lazy("You take part in the plan."),
    "below_min_service": gettext_lazy("You were employed for fewer days than the plan asks for."),
    "not_employed_on": gettext_lazy("You were not employed on the day that the plan names."),
    "contract_not_eligible": gettext_lazy("The plan does not cover your kind of contract."),
    "bad_leaver": gettext_lazy("You left for a reason with which the plan pays nothing."),
}
ENTRY_KINDS: Mapping[str, Promise] = {
    "award": gettext_lazy("Award"),
    "true_up": gettext_lazy("Correction"),
    "reversal": gettext_lazy("Reversal"),
    "hold": gettext_lazy("Held back for now"),
    "release": gettext_lazy("Released"),
    "forfeit": gettext_lazy("Not paid after a decision"),
    "waive": gettext_lazy("Correction that is let go"),
    "recovery": gettext_lazy("Taken back in part"),
    "welfare": gettext_lazy("As welfare"),
    "rounding": gettext_lazy("Rounding"),
}
DISPUTE_REASONS: Mapping[str, Promise] = {
    "assignment": gettext_lazy("My unit or group is wrong"),
    "working_time": gettext_lazy("My working time is wrong"),
    "absence": gettext_lazy("An absence is wrong"),
    "measure": gettext_lazy("A measured value is wrong"),
    "target": gettext_lazy("My target amount is wrong"),
    "calculation": gettext_lazy("The calculation is wrong"),
    "other": gettext_lazy("Something else"),
}
DISPUTE_STATES: Mapping[str, Promise] = {
    "open": pgettext_lazy("dispute", "Open"),
    "acknowledged": pgettext_lazy("dispute", "Received, under review"),
    "upheld": pgettext_lazy("dispute", "You were right"),
    "partly": pgettext_lazy("dispute", "You were right in part"),
    "rejected": pgettext_lazy("dispute", "Not accepted"),
    "closed": pgettext_lazy("dispute", "Closed"),
}
SECTIONS: Mapping[str, Promise] = {
    "shared": gettext_lazy("Shared by everybody"),
    "function": gettext_lazy("Your function"),
}
EFFECTS: Mapping[str, Promise] = {
    "zero": gettext_lazy("Then this part pays nothing."),
    "cap": gettext_lazy("Then it pays at most %(amount)s."),
    "factor": gettext_lazy("Then it is multiplied by %(amount)s."),
    "hold": gettext_lazy("Then the money waits for a decision."),
}
FLAG_STATES: Mapping[str, Promise] = {
    "open": gettext_lazy("to be decided"),
    "held": gettext_lazy("held back for now"),
    "released": gettext_lazy("released"),
    "forfeited": gettext_lazy("not paid"),
    "expired": gettext_lazy("released, since nobody decided in time"),
}
AWAYS: Mapping[str, Promise] = {
    "unpaid_leave": gettext_lazy("Unpaid leave"),
    "unpaid": gettext_lazy("Unpaid leave"),
    "L104": gettext_lazy("Leave under law 104"),
    "maternity": gettext_lazy("Maternity leave"),
    "parental": gettext_lazy("Parental leave"),
    "sickness": gettext_lazy("Sick leave"),
}
TAX_WHY: Mapping[str, Promise] = {
    "not_pdr": gettext_lazy("The plan is not a performance bonus under an agreement (PdR)."),
    "legal_basis": gettext_lazy("The plan is not a performance bonus under an agreement (PdR)."),
    "not_incremental": gettext_lazy("The results are not better than before the period."),
    "income": gettext_lazy("Your pay of the year before was above the limit of the law."),
    "limit": gettext_lazy("The yearly limit of the law is used up."),
    "no_table": gettext_lazy("The rules of that year are not there yet."),
}
DETECTORS: Mapping[str, Promise] = {
    "coverage": gettext_lazy("who was invited"),
    "suppression": gettext_lazy("customers who were left out"),
    "begging": gettext_lazy("customers who were asked for a score"),
    "timing": gettext_lazy("when and how fast the answers came"),
    "duplicates": gettext_lazy("answers that came twice"),
    "staff": gettext_lazy("answers from inside the company"),
    "shift": gettext_lazy("a sudden change"),
    "audit": gettext_lazy("a check sample"),
    "audit_sample": gettext_lazy("a check sample"),
    "triangulation": gettext_lazy("other figures that say the opposite"),
    "bunching": gettext_lazy("values just above a threshold"),
}


def in_language(words: Any) -> str:
    """A text that a plan gives by language, in the reader's; a plain text as it is."""
    if isinstance(words, Mapping):
        language = formats.reader_language(get_language())
        return str(words.get(language) or next((text for text in words.values() if text), ""))
    return str(words or "")


def readable(code: str) -> str:
    """A code as a person would write it."""
    return code.replace("_", " ").replace("-", " ").strip().capitalize()


def source_words(reason: str) -> str:
    """Why a line counts what it counts, from its reason code."""
    if reason.startswith("without:"):
        missing = ", ".join(touchpoint_called(slug) for slug in reason.removeprefix("without:").split(","))
        return _("Too few answers at: %(names)s. Their weight went to the other touchpoints.") % {
            "names": missing
        }
    found = SOURCES.get(reason)
    return str(found) if found is not None else readable(reason.replace(":", " "))


def hold_words(reason: str) -> str:
    """Why an amount waits, from the code on its line, and what happens next."""
    kind, _bar, rest = reason.partition(":")
    if kind == "gate":
        kpi = rest.removesuffix(":missing")
        if rest.endswith(":missing"):
            return _("It waits for a figure that is not there yet: %(kpi)s.") % {"kpi": kpi_name(kpi)}
        return _("It waits, since a condition of the plan is not met: %(kpi)s.") % {"kpi": kpi_name(kpi)}
    return detector_words(rest.partition(":")[0])


def detector_name(detector: str) -> str:
    """What a detector looks at."""
    about = DETECTORS.get(detector)
    return str(about) if about is not None else readable(detector)


def detector_words(detector: str) -> str:
    """What a detector looks at, in a sentence that blames nobody."""
    return _("We are checking something in the answers: %(what)s. Nobody blames you.") % {
        "what": detector_name(detector)
    }


def gate_words(kpi: str, sign: str, threshold: Fraction) -> str:
    """A condition such as `ebitda >= 10000000` in words."""
    signs = {
        ">=": _("%(kpi)s at least %(value)s"),
        ">": _("%(kpi)s above %(value)s"),
        "<=": _("%(kpi)s at most %(value)s"),
        "<": _("%(kpi)s below %(value)s"),
    }
    words = signs[sign] % {"kpi": kpi_name(kpi), "value": plain_number(threshold)}
    return words[:1].upper() + words[1:]


def plain_number(value: Fraction, most: int = 6) -> str:
    """A number with as many decimals as it has, at most `most`."""
    decimals = next((d for d in range(most) if (value * 10**d).denominator == 1), most)
    return formats.number(_decimal(value, decimals), decimals)


def per_cent(value: Fraction, most: int = 2) -> str:
    """A factor of 1 as 100%, with the decimals that it has, at most `most`."""
    decimals = next((d for d in range(most) if (value * 100 * 10**d).denominator == 1), most)
    return formats.number(_decimal(value * 100, decimals), decimals) + "%"


def _decimal(value: Fraction, decimals: int) -> Any:
    from decimal import ROUND_HALF_EVEN, Decimal

    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
