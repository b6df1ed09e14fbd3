"""Pulses that are no base of pay: a quota chose who was heard."""

from viaggio.pulse.fielding import BadPlan, plan_from_data
from viaggio.web.pulse.models import Pulse, Quota
from viaggio.web.shared.pay_base import register


def start() -> None:
    """Tell other faces whose answers no pay may be built on."""
    register(with_quotas)


def with_quotas() -> list[str]:
    """Slugs of pulses that have a quota, or had one that somebody answered under."""
    once = set(Quota.objects.values_list("pulse_id", flat=True))
    return [pulse.slug for pulse in Pulse.objects.all() if pulse.pk in once or _limited(pulse)]


def _limited(pulse: Pulse) -> bool:
    try:
        return not plan_from_data(pulse.plan).pay_base
    except BadPlan:  # a draft without a plan, which nobody was asked by
        return bool(pulse.plan.get("quotas"))
