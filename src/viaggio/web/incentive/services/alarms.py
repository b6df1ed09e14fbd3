"""Alarms about pay: what somebody has to do before it is too late; each is raised once."""

from datetime import datetime

from django.utils.translation import gettext as _

from viaggio.web.incentive.models import PlanVersion
from viaggio.web.shared.alerts import warn
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import may
from viaggio.web.shared.roles import Right


def _who(right: Right) -> list[User]:
    return [person for person in User.objects.filter(is_active=True).order_by("pk") if may(person, right)]


def goals_missing(version: PlanVersion, now: datetime) -> bool:
    """A plan's period has begun while it is not published, or while somebody it should pay has no goals."""
    name = f"{version.plan.code}@{version.number}"

    def words(_language: str) -> tuple[str, str]:
        return (
            _("Plan %(plan)s: goals are missing") % {"plan": name},
            _("The period of the plan has begun and not everybody has goals. Assign them now."),
        )

    return warn(
        "pay.goals_missing", f"pay.goals_missing:{name}", path="/pay/plans/", words=words,
        recipients=_who(Right.DESIGN_PLANS), now=now,
    )  # fmt: skip
