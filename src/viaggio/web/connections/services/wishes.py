"""Which alerts a person wants by mail, and the alerts that were raised."""

from collections.abc import Iterable

from django.db import transaction

from viaggio.web.shared.alerts import KINDS
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import Alert, AlertSubscription, User
from viaggio.web.shared.permissions import allow, scope_of
from viaggio.web.shared.roles import Right

NEWEST = 20


def wanted_by(user: User) -> list[str]:
    """The kinds of alert that a person gets."""
    return sorted(AlertSubscription.objects.filter(user=user).values_list("kind", flat=True))


@transaction.atomic
def want(user: User, kinds: Iterable[str]) -> None:
    """Let a person get exactly these kinds."""
    allow(user, Right.SEE_FIGURES)
    before = wanted_by(user)
    after = sorted(set(kinds) & set(KINDS))
    if before == after:
        return
    AlertSubscription.objects.filter(user=user).exclude(kind__in=after).delete()
    for kind in after:
        AlertSubscription.objects.get_or_create(user=user, kind=kind)
    record(user, "connections.alerts.chosen", user.email, before=before, after=after)


def raised(user: User) -> list[Alert]:
    """The newest alerts that this person may see."""
    limits = scope_of(user).where
    found = []
    for alert in Alert.objects.filter(kind__in=sorted(KINDS))[: NEWEST * 10]:
        about = alert.data.get("of", {})
        if all(about.get(dimension) in values for dimension, values in limits.items()):
            found.append(alert)
    return found[:NEWEST]
