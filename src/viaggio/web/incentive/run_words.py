"""What pages call states and steps of runs, reasons of cells, kinds of entries, detectors and flags."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from viaggio.web.incentive.plan_words import exact_text, kpi_name, share_text
from viaggio.web.shared import formats

RUN_STATES: Mapping[str, Promise] = {
    "calculated": pgettext_lazy("run", "computed"),
    "verified": pgettext_lazy("run", "compared"),
    "approved": pgettext_lazy("run", "approved"),
    "published": pgettext_lazy("run", "published"),
    "exported": pgettext_lazy("run", "handed to pay-roll"),
    "locked": pgettext_lazy("run", "closed for good"),
    "superseded": pgettext_lazy("run", "replaced"),
}
SIMULATION_STATES: Mapping[str, Promise] = {
    "waiting": pgettext_lazy("simulation", "waits its turn"),
    "running": pgettext_lazy("simulation", "being drawn"),
    "done": pgettext_lazy("simulation", "done"),
    "cancelled": pgettext_lazy("simulation", "stopped"),
    "failed": pgettext_lazy("simulation", "failed"),
}
STAGES: Mapping[str, Promise] = {
    "S0": _("Inputs are frozen"),
    "S1": _("Who takes part"),
    "S2": _("How much of the period"),
    "S3": _("What was measured"),
    "S4": _("Guard rails for few answers"),
    "S5": _("Curves"),
    "S6": _("Lines are put together"),
    "S7": _("Gates"),
    "S8": _("Raw awards"),
    "S9": _("Floor and cap of each person"),
    "S10": _("Pool"),
    "S11": _("Rounded to the cent"),
    "S12": _("What waits"),
    "S13": _("Approval by somebody else"),
    "S14": _("Ledger and statements"),
}
STAGE_STATES: Mapping[str, Promise] = {"done": _("done"), "waiting": _("not yet"), "open": _("not yet")}
COUNTED: Mapping[str, Promise] = {
    "people": _("people"),
    "cells": _("measured cells"),
    "kpis": _("figures of the company"),
    "holds": _("holds"),
    "stays": _("stays"),
    "absences": _("absences"),
    "opportunity_cents": _("targets of this part"),
    "measures": _("measures"),
    "answers": _("answers"),
    "curves": _("values put on a curve"),
    "groups": _("groups in units"),
    "passed": _("passed"),
    "failed": _("failed"),
    "missing": _("missing"),
    "raw_cents": _("in all"),
    "capped": _("at their cap"),
    "pool_cents": _("pool"),
    "factor": _("factor"),
    "binds": _("it limits"),
    "cents": _("in all"),
    "awards": _("awards"),
    "held_cents": _("held back"),
    "lines": _("lines"),
    "entries": _("entries"),
}
"""What was counted in a step, by its code."""
STATUSES: Mapping[str, Promise] = {
    "ok": _("take part"),
    "below_min_service": _("too few days of service"),
    "not_employed_on": _("not employed on the day"),
    "contract_not_eligible": _("contract not covered"),
    "bad_leaver": _("left for a bad reason"),
}
REASONS: Mapping[str, Promise] = {
    "own": _("own answers"),
    "hidden": _("hidden: too small, or it would tell of one that is"),
    "privacy:parent": _("too small to be looked at alone: the unit above"),
    "fallback:rolling_window": _("too few answers: earlier ones count too"),
    "fallback:parent": _("too few answers: the unit above"),
    "fallback:redistribute": _("too few answers: the weight went to the other lines"),
    "fallback:neutral": _("too few answers: pays 100%"),
}
ENTRY_KINDS: Mapping[str, Promise] = {
    "award": _("awards"),
    "true_up": _("corrections"),
    "reversal": _("reversals"),
    "hold": _("held back"),
    "release": _("released"),
    "forfeit": _("not paid after a decision"),
    "waive": _("let go"),
    "recovery": _("taken back in part"),
    "welfare": _("as welfare"),
    "rounding": _("rounding"),
}
FLAG_STATES: Mapping[str, Promise] = {
    "open": pgettext_lazy("flag", "to be decided"),
    "held": pgettext_lazy("flag", "held back"),
    "released": pgettext_lazy("flag", "released"),
    "forfeited": pgettext_lazy("flag", "not paid"),
    "expired": pgettext_lazy("flag", "ended without a decision"),
}
DETECTORS: Mapping[str, Promise] = {
    "coverage": _("Invitation coverage"),
    "suppression": _("Customers left out"),
    "begging": _("Asking for a score"),
    "timing": _("Timing and devices"),
    "duplicates": _("Answers that came twice"),
    "staff": _("Answers from inside"),
    "shift": _("Sudden change"),
    "audit": _("Check sample"),
    "audit_sample": _("Check sample"),
    "triangulation": _("Other figures say the opposite"),
    "bunching": _("Just above a threshold"),
}
ABOUT: Mapping[str, Promise] = {
    "coverage": _(
        "Customers after a complaint, a return or a late delivery were invited less often than others."
    ),
    "suppression": _("More customers than elsewhere were marked “do not contact” just after a bad case."),
    "begging": _(
        "Customers say that somebody asked them for a score, or tens are far more frequent than before."
    ),
    "timing": _("Many answers came within seconds, very fast, or in bursts from the same devices."),
    "duplicates": _("The same customer, device or text answered more than once."),
    "staff": _("Answers came from people who work here."),
    "shift": _("Scores changed suddenly, without their unit above changing too."),
    "audit": _("A random sample that the unit can not see gives another picture than its ordinary answers."),
    "triangulation": _("Scores go up while complaints, returns or lost customers go up too."),
    "bunching": _(
        "More units than chance explains lie just above a point of the curve, or answers surge at the end."
    ),
}
CAUSES: Mapping[str, Promise] = {
    "plan": _("the plan's text"),
    "people": _("people, stays and absences"),
    "cells": _("measured values"),
    "kpis": _("figures of the company"),
    "holds": _("holds"),
    "excluded": _("answers that do not count"),
}
FACTS: Mapping[str, Promise] = {
    "statistic": _("statistic"),
    "p": _("probability by chance"),
    "adjusted": _("share of false alarms over all units"),
    "excluded": _("answers that should not count"),
    "by": _("seen in"),
    "without": _("not looked at, no data"),
    "answers": _("answers"),
    "n": _("answers"),
    "n_before": _("answers before"),
    "n_earlier": _("answers on earlier days"),
    "weeks": _("weeks"),
    "share": _("share here"),
    "peers_share": _("share elsewhere"),
    "peers_answers": _("answers elsewhere"),
    "peers_staff": _("from inside, elsewhere"),
    "staff": _("from inside"),
    "marked": _("marked “do not contact”"),
    "bad_cases": _("bad cases"),
    "invited_hard": _("invited after bad cases"),
    "eligible_hard": _("could be invited after bad cases"),
    "invited_easy": _("invited after other cases"),
    "eligible_easy": _("could be invited after other cases"),
    "item_hits": _("said that they were asked for a score"),
    "item_n": _("were asked about it"),
    "texts_hits": _("comments that tell of it"),
    "texts_n": _("comments"),
    "texts": _("copied texts"),
    "repeats": _("repeated"),
    "ratio": _("tens for each 8 or 9"),
    "ratio_before": _("tens for each 8 or 9 before"),
    "soon": _("within seconds of the invitation"),
    "quick": _("filled in very fast"),
    "burst": _("in bursts"),
    "cusum": _("sum of the shift"),
    "distribution": _("distribution of scores"),
    "distance": _("distance of the distributions"),
    "audit": _("score of the check sample"),
    "audit_n": _("answers of the check sample"),
    "ordinary": _("score of ordinary answers"),
    "ordinary_n": _("ordinary answers"),
    "harm": _("what went up"),
    "harm_share": _("its share now"),
    "harm_before": _("its share before"),
    "score": _("score now"),
    "score_before": _("score before"),
    "p_score": _("probability by chance, score"),
    "p_harm": _("probability by chance, what went up"),
    "z": _("standard errors away"),
    "above": _("units just above a point"),
    "below": _("units just below a point"),
    "cells": _("units"),
    "same_customer": _("same customer"),
    "same_device": _("same device"),
    "same_text": _("same text"),
    "staff_contact": _("from inside"),
    "company_network": _("from the company's network"),
    "last_days": _("the last days"),
    "curve_points": _("points of the curve"),
    "item": _("the control question"),
    "spike": _("the share of tens"),
    "again": _("the same customer or device"),
    "complaints": _("complaints"),
    "returns": _("returns"),
    "churn": _("lost customers"),
    "pulse": _("scores"),
    "peers": _("other units"),
    "eligible": _("who could be invited"),
    "audit_sample": _("a check sample"),
}
"""Values of a finding, and the codes that stand in them."""


def named(words: Mapping[str, Promise], code: str) -> str:
    """The word for a code; the code made readable where there is none."""
    return str(words.get(code) or code.replace("_", " "))


def stage_name(code: str) -> str:
    """What a step of the pipeline does."""
    return named(STAGES, code)


def counted_words(name: str, value: object, called: Callable[[str], str] = str) -> str:
    """Something that was counted in a step, with its name; `called` gives the name of a touchpoint."""
    words = {**STATUSES, **COUNTED}
    label = reason_words(name, called) if name in REASONS or ":" in name else named(words, name)
    if name.endswith("_cents") or name == "cents":
        said = formats.NO_VALUE if value is None else formats.money(int(str(value)))
    elif name == "factor":
        said = share_text(Fraction(str(value)))
    else:
        said = value_text(value)
    return f"{label}: {said}"


def value_text(value: object) -> str:
    """A value as it is told: exact numbers with the reader's separators, lists one after the other."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list | tuple):
        return ", ".join(value_text(v) for v in value)
    if isinstance(value, float):
        digits = 4 if abs(value) < 1 else 2
        return (
            formats.number(value, digits) if abs(value) >= 0.0001 or value == 0 else gettext("below 0.0001")
        )
    text = str(value)
    if text.replace("_", "").replace(",", "").isalpha():
        return ", ".join(named(FACTS, part) for part in text.split(","))
    try:
        return exact_text(Fraction(text), 4)
    except (ValueError, ZeroDivisionError):
        return text


def reason_words(reason: str, called: Callable[[str], str] = str) -> str:
    """Where a cell's value comes from; `called` gives the name of a touchpoint."""
    if reason.startswith("without:"):
        names = ", ".join(called(slug) for slug in reason.removeprefix("without:").split(","))
        return gettext("without %(names)s, which had too few answers") % {"names": names}
    return named(REASONS, reason)


def held_words(why: str) -> str:
    """Why money waits."""
    kind, _bar, rest = why.partition(":")
    if kind == "gate" and rest.endswith(":missing"):
        return gettext("Waits for %(kpi)s") % {"kpi": kpi_name(rest.removesuffix(":missing"))}
    if kind == "gate":
        return gettext("Stopped by the gate on %(kpi)s") % {"kpi": kpi_name(rest)}
    return gettext("Held after a flag: %(detector)s") % {"detector": named(DETECTORS, rest.partition(":")[0])}


def gate_words(text: str) -> str:
    """A gate's condition as `ebitda >= 10000000` in words."""
    kpi, sign, threshold = text.split(" ", 2)
    words = {
        ">=": gettext("%(kpi)s at least %(value)s"),
        ">": gettext("%(kpi)s above %(value)s"),
        "<=": gettext("%(kpi)s at most %(value)s"),
        "<": gettext("%(kpi)s below %(value)s"),
    }
    return words[sign] % {"kpi": kpi_name(kpi), "value": exact_text(Fraction(threshold), 6)}


def cause_words(cause: str, count: int) -> str:
    """A kind of input that differs, and how many of its values."""
    said = {"what": named(CAUSES, cause), "n": count}
    return ngettext("%(what)s: %(n)s value differs", "%(what)s: %(n)s values differ", count) % said
