"""Names of the shared incentive in templates."""

from datetime import date
from fractions import Fraction
from typing import Any

from django import template
from django.utils import timezone

from viaggio.web.incentive import run_words
from viaggio.web.incentive.office_words import reject_words
from viaggio.web.incentive.plan_words import (
    absence_name,
    contract_name,
    exact_text,
    group_name,
    kpi_name,
    measure_name,
    share_text,
    state_name,
)
from viaggio.web.incentive.services.plan_places import touchpoint_called
from viaggio.web.shared.formats import NO_VALUE, money
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import may
from viaggio.web.shared.roles import Right

register = template.Library()

register.filter("plan_state", state_name)
register.filter("measure", measure_name)
register.filter("plan_group", group_name)
register.filter("kpi", kpi_name)
register.filter("stage_name", run_words.stage_name)
register.filter("held_words", run_words.held_words)
register.filter("gate_words", run_words.gate_words)
register.filter("cause_words", run_words.cause_words)
register.filter("told", run_words.value_text)


@register.filter
def counted(name: str, value: object) -> str:
    """Something that was counted in a step, with the names of touchpoints."""
    return run_words.counted_words(name, value, touchpoint_called)


@register.filter
def reason_words(reason: str) -> str:
    """Where a cell's value comes from, with the names of touchpoints."""
    return run_words.reason_words(reason, touchpoint_called)


@register.filter
def run_state(code: str) -> str:
    """What a run's state is called."""
    return run_words.named(run_words.RUN_STATES, code)


@register.filter
def stage_state(code: str) -> str:
    """Whether a step is done."""
    return run_words.named(run_words.STAGE_STATES, code)


@register.filter
def entry_kind(code: str) -> str:
    """What a kind of ledger entries is called."""
    return run_words.named(run_words.ENTRY_KINDS, code)


@register.filter
def detector_name(code: str) -> str:
    """What a detector is called."""
    return run_words.named(run_words.DETECTORS, code)


@register.filter
def detector_about(code: str) -> str:
    """What a detector found, in a sentence."""
    return str(run_words.ABOUT.get(code, ""))


@register.filter
def flag_state(code: str) -> str:
    """What a flag's state is called."""
    return run_words.named(run_words.FLAG_STATES, code)


@register.filter
def fact_name(code: str) -> str:
    """What a value of a finding is called."""
    return run_words.named(run_words.FACTS, code)


@register.filter
def simulation_state(code: str) -> str:
    """What a simulation's state is called."""
    return run_words.named(run_words.SIMULATION_STATES, code)


@register.filter
def signed(cents: int, currency: str = "") -> str:
    """A difference in cents, with its sign, in the company's currency where no other is named."""
    return money(cents, currency, signed=True)


@register.filter
def exact(value: str | None) -> str:
    """A measured value, kept as exact text, with at most two decimals."""
    return NO_VALUE if value is None else exact_text(Fraction(value), 2)


@register.filter
def factor(value: Fraction | str | None) -> str:
    """A factor of 1 as 100 %."""
    return NO_VALUE if value is None else share_text(Fraction(value))


@register.filter
def of_target(total: Any) -> str:
    """What a group's awards are of its targets."""
    if total.hidden or not total.target_cents:
        return NO_VALUE
    return share_text(Fraction(total.cents, total.target_cents), 1)


@register.filter
def contract(code: str) -> str:
    """What a kind of contract is called."""
    return contract_name(code) if code else NO_VALUE


@register.filter
def takes_totals(user: User) -> bool:
    """Whether somebody may take the works council's totals and plan as files."""
    return may(user, Right.EXPORT) or may(user, Right.EXPORT_PAY_TOTALS)


@register.filter
def gone_by(day: date | None) -> bool:
    """Whether a day lies in the past."""
    return day is not None and day < timezone.localdate()


register.filter("touchpoint", touchpoint_called)
register.filter("absence", absence_name)
register.filter("reject_words", reject_words)
