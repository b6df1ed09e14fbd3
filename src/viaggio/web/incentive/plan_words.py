"""What pages call the parts of a plan: states, measures, groups, and what is found in its text."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from viaggio.web.shared import formats
from viaggio.web.shared.names.journey import FUNCTIONS
from viaggio.web.shared.names.metrics import METRICS

STATES: Mapping[str, Promise] = {
    "draft": pgettext_lazy("plan", "draft"),
    "simulated": pgettext_lazy("plan", "simulated"),
    "submitted": pgettext_lazy("plan", "waits for approval"),
    "approved": pgettext_lazy("plan", "approved"),
    "published": pgettext_lazy("plan", "published"),
    "active": pgettext_lazy("plan", "active"),
    "closed": pgettext_lazy("plan", "closed"),
}
BASES: Mapping[str, Promise] = {
    "PDR": _("Performance bonus by agreement (PdR)"),
    "MBO": _("Management by objectives (MBO)"),
    "PROGRAM": _("Company programme"),
    "CONTEST": _("Contest"),
}
SECTIONS: Mapping[str, Promise] = {"shared": _("In common"), "function": _("Own part")}
GROUPS: Mapping[str, Promise] = {
    **FUNCTIONS,
    "accounting": _("Accounting"),
    "care": _("Customer care team"),
    "hr": _("Human resources"),
}
KPIS: Mapping[str, Promise] = {
    "ebitda": _("EBITDA"),
    "coverage_ratio": _("coverage of invitations"),
}
CONTRACTS: Mapping[str, Promise] = {
    "permanent": _("permanent"),
    "fixed_term": _("fixed-term"),
    "agency": _("agency work"),
    "executive": _("executive"),
    "apprentice": _("apprenticeship"),
}
ABSENCES: Mapping[str, Promise] = {
    "unpaid": _("Unpaid leave"),
    "unpaid_leave": _("Unpaid leave"),
    "L104": _("Leave under law 104"),
    "maternity": _("Maternity"),
    "parental": _("Parental leave"),
    "sickness": _("Sickness"),
}
COMPANY = re.compile(r"company_|_company")

FINDINGS: Mapping[str, Promise] = {
    "period.reversed": _("The period ends before it begins."),
    "baseline.not_before": _("The period to compare with must end before the plan's begins (%(detail)s)."),
    "groups.none": _("There is no group yet."),
    "section.empty": _("The group has nothing in common with the others: add a shared measure."),
    "weights.not_one": _("The weights add up to %(detail)s, not to 1."),
    "weight.not_positive": _("A weight must be above 0."),
    "shared.below_minimum": _("What is in common weighs %(detail)s: less than the plan's own minimum."),
    "measure.person": _("A measure of a single person is not allowed: measure a team at least."),
    "measure.unmapped": _("“%(detail)s” has no touchpoints: add it to contribution_map."),
    "map.not_one": _("The weights of the touchpoints add up to %(detail)s, not to 1."),
    "absence.protected_loses": _("A protected absence must not cost anything."),
    "absence.loss_range": _("What a day of absence loses lies between 0 and 1."),
    "published.after_start": _(
        "Published after the period began (%(detail)s): say from which day it may be earned (accrues_from)."
    ),
    "baseline.formula": _("The value to compare with was measured with another formula."),
    "baseline.questionnaire": _("The value to compare with was asked with another questionnaire."),
    "approver.is_author": _("Who wrote the plan can not approve it."),
    "pool.no_amount": _("The pool has no amount."),
    "on_account.share": _("What is paid on account lies above 0 and is at most 100%."),
    "cap.below_one": _("The cap lies below 100%: even who reaches every target is cut."),
    "ladder.no_end": _("The ladder must end with “neutral”: nobody is paid zero for lack of answers."),
    "credibility.no_k": _("Credibility needs a K above 0."),
    "gate.unknown_name": _("The gate stands before “%(detail)s”, which the plan does not have."),
    "gate.double_punishment": _(
        "The gate takes everything for “%(detail)s”, which the lines pay already: a double punishment."
    ),
    "curve.cliff": _(
        "The payout jumps at the first point: a hair's breadth decides about money. A curve from 0 does not."
    ),
    "pdr.no_agreement": _("A performance bonus needs the day on which the agreement was signed."),
    "pdr.no_baseline": _(
        "Without a period to compare with, nobody can show the increment that the tax rule asks for."
    ),
    "contribution.unused": _("These touchpoints are used by no group."),
    "measure.undeclared": _("Nobody said how “%(detail)s” is measured: add it to measures with its metric."),
    "absence.protected_by_law": _("The law protects this absence: it must not cost anything (%(detail)s)."),
    "indicator.unknown": _("The form has no indicator %(detail)s."),
    "pdr.no_indicator": _(
        "Some measures name no indicator of the form (form_indicator): it has to be filled in by hand."
    ),
    "pdr.unknown_goal": _("The form does not know the goal “%(detail)s”."),
    "pdr.signed_after_start": _(
        "The agreement was signed after the period began: what is earned from %(detail)s on can have the "
        "tax regime, what is earned before can not."
    ),
    "pdr.signed_after_end": _(
        "The agreement was signed after the period ended: nothing of it can have the tax regime."
    ),
    "country.no_rules": _(
        "Viaggio has no rules for the country “%(detail)s”: nobody checked the plan against them."
    ),
    "country.wrong_rules": _("The company's own rules of the country can not be read: %(detail)s."),
    "text.unwritten": _("The text breaks off here: check indentation, brackets and quotes."),
    "text.repeated": _("“%(detail)s” stands there twice: only one would count."),
    "text.alias": _("References (* and &) are not read: write the lines out."),
    "text.too_long": _("The text is longer than %(detail)s characters."),
}
"""By the code of a finding."""

UNREADABLE: tuple[tuple[re.Pattern[str], Promise], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"'(?P<it>.*)' means nothing (?:here|in a curve)", _("“%(it)s” means nothing here.")),
        (r"'(?P<it>.*)' is missing", _("“%(it)s” is missing.")),
        (r"a number is missing", _("A number is missing.")),
        (r"'(?P<it>.*)' must be text", _("“%(it)s” must be text.")),
        (r"'(?P<it>.*)' must be a list", _("“%(it)s” must be a list.")),
        (r"'(?P<it>.*)' must be a whole number", _("“%(it)s” must be a whole number.")),
        (r"'(?P<it>.*)' must be a day", _("“%(it)s” must be a day, such as 2026-01-31.")),
        (r"'(?P<it>.*)' is yes or no", _("“%(it)s” is true or false.")),
        (r"'(?P<it>.*)' is not a number", _("“%(it)s” is not a number.")),
        (r"'(?P<it>.*)' divides by zero", _("“%(it)s” divides by zero.")),
        (r"(?P<it>.*) is not exact", _("%(it)s is not exact: write it in quotes.")),
        (
            r"'(?P<it>.*)' is no (?:rule for leavers|step of the ladder|condition|level of a gate)",
            _("“%(it)s” is not known here."),
        ),
        (r"'(?P<it>.*)' is not known", _("“%(it)s” is not known here.")),
        (r"a curve of type '(?P<it>.*)' is not known", _("A curve can not be “%(it)s”.")),
        (r"a curve runs up or down", _("A curve runs up or down.")),
        (r"a curve needs points", _("The curve needs points.")),
        (r"a point is a value and a payout", _("A point is a value and a payout.")),
        (r"values must get better", _("The values must get better from point to point.")),
        (r"a better value must not pay less", _("A better value must not pay less.")),
        (
            r"what is paid below the curve",
            _("What is paid below the curve lies between 0 and the first point."),
        ),
        (r"a pool is fixed or self_funded", _("A pool is fixed or self_funded (rate, above).")),
        (r"this is no effect", _("This is no effect: zero, hold, cap or factor.")),
        (r"names with values are expected here", _("Names with values are expected here.")),
    )
)
"""What the reader of plans says, by how its English begins."""


def finding_words(code: str, detail: str = "", what: str = "") -> str:
    """The sentence of a finding; of what can not be read, by what the reader said."""
    if code in FINDINGS:
        return str(FINDINGS[code]).replace("%(detail)s", _said(detail))
    for pattern, words in UNREADABLE:
        found = pattern.match(what)
        if found:
            return str(words) % {"it": found.groupdict().get("it", "")}
    return gettext("This can not be read.")


def _said(detail: str) -> str:
    if re.fullmatch(r"-?\d+\.\d+", detail):
        return formats.number(Decimal(detail), len(detail.split(".")[1]))
    if re.fullmatch(r"\d{4}-\d\d-\d\d", detail):
        return formats.day(date.fromisoformat(detail))
    return detail


def state_name(state: str) -> str:
    """What a version's state is called."""
    return str(STATES.get(state, state))


def group_name(code: str) -> str:
    """What a plan group is called: the function's name where it is one."""
    return str(GROUPS.get(code, code.replace("_", " ").replace("-", " ").capitalize()))


def kpi_name(code: str) -> str:
    """What a KPI of gates and pools is called."""
    return str(KPIS[code]) if code in KPIS else measure_name(code)


def measure_name(code: str) -> str:
    """What a measure is called: by its metric, the group whose touchpoints it is, else its code."""
    if code.startswith("map:"):
        return gettext("Touchpoints of %(group)s") % {"group": group_name(code.removeprefix("map:"))}
    bare = COMPANY.sub("", code)
    slug = {"pulse_index": "cx_index", "csat": "csat_top", "csat_topbox": "csat_top"}.get(bare, bare)
    slug, _sign, touchpoint = slug.partition("@")
    name = (
        str(METRICS[slug].short)
        if slug in METRICS
        else slug.replace("_", " ").replace(":", ": ").capitalize()
    )
    if touchpoint:
        return f"{name}: {touchpoint.replace('_', ' ')}"
    return gettext("%(metric)s of the company") % {"metric": name} if bare != code else name


def exact_text(value: Fraction, most: int = 4) -> str:
    """A number with as many decimals as it has, at most so many."""
    decimals = next((d for d in range(most) if (value * 10**d).denominator == 1), most)
    return formats.number(_as_decimal(value), decimals)


def share_text(value: Fraction, most: int = 2) -> str:
    """A share (1 is 100 %) in per cent with as many decimals as it has, at most so many."""
    return f"{exact_text(value * 100, most)}%"


def amount_text(value: Fraction, currency: str) -> str:
    """An amount in units of the currency; cents only where there are any."""
    text = formats.money(_as_decimal(value * 100), currency)
    return re.sub(r"[.,]00(?=\D*$)", "", text)


def _as_decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def contract_name(code: str) -> str:
    """What a kind of contract is called."""
    return str(CONTRACTS.get(code, code.replace("_", " ")))


def absence_name(code: str) -> str:
    """What a class of absence is called."""
    return str(ABSENCES.get(code, code.replace("_", " ").capitalize()))
