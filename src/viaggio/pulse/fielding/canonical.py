"""A plan as plain JSON values, in one way only: equal plans give equal data."""

from typing import Any

from viaggio.kernel import Population
from viaggio.pulse.fielding.model import Plan, Trigger

SCHEMA = "viaggio.plan/1"
"""Name and version of the form."""


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan as plain JSON values, complete: equal plans give equal data."""
    return {
        "schema": SCHEMA,
        "kind": str(plan.kind),
        "trigger": _trigger(plan.trigger),
        "every": plan.every,
        "active_days": plan.active_days,
        "where": _where(plan.where),
        "sample": {
            "rate": plan.sample.rate,
            "size": plan.sample.size,
            "by": plan.sample.by,
            "rates": dict(sorted(plan.sample.rates.items())),
            "sizes": dict(sorted(plan.sample.sizes.items())),
        },
        "consent": str(plan.consent),
        "hours": {
            "first": plan.hours.first,
            "last": plan.hours.last,
            "weekdays": list(plan.hours.weekdays),
        },
        "rest": {
            "person": plan.rest.person,
            "person_type": plan.rest.person_type,
            "account": plan.rest.account,
            "account_type": plan.rest.account_type,
            "reminders_count": plan.rest.reminders_count,
        },
        "reminders": {"after_days": plan.reminders.after_days, "most": plan.reminders.most},
        "thanks": plan.thanks,
        "channels": [str(channel) for channel in plan.channels],
        "languages": list(plan.languages),
        "wave": plan.wave,
        "expires_days": plan.expires_days,
        "quotas": [
            {
                "name": quota.name,
                "limit": quota.limit,
                "where": _where(quota.where),
                "hold_minutes": quota.hold_minutes,
            }
            for quota in plan.quotas
        ],
    }


def _trigger(trigger: Trigger | None) -> dict[str, Any] | None:
    if trigger is None:
        return None
    return {
        "event": str(trigger.event),
        "touchpoints": list(trigger.touchpoints),
        "outcomes": list(trigger.outcomes),
        "delay_hours": trigger.delay_hours,
        "look_back_days": trigger.look_back_days,
    }


def _where(population: Population) -> dict[str, list[str]]:
    return {name: list(values) for name, values in population.key()}
