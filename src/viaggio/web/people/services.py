"""Changes to people and roles: each is allowed, decided, saved and recorded in one function."""

from collections.abc import Iterable

from django.db import transaction

from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import Person, allow
from viaggio.web.shared.persons import create_user
from viaggio.web.shared.roles import Right, Role


class LastOwner(Exception):
    """The change would leave nobody who may manage people."""


class KnownAddress(Exception):
    """Somebody with this e-mail address is here already."""


def _keep_an_owner(changed: User, *, roles: Iterable[str], active: bool) -> None:
    """Raise `LastOwner` when nobody would stay owner; locks everybody, so that two changes can not cross."""
    if active and Role.OWNER in set(roles):
        return
    others = User.objects.select_for_update().filter(is_active=True).exclude(pk=changed.pk)
    if not any(Role.OWNER in other.roles for other in others):
        raise LastOwner


@transaction.atomic
def invite(
    *, email: str, name: str, roles: Iterable[Role], function: str, unit: str, language: str, by: Person
) -> User:
    """Add a person, who then chooses a password through a link. Raises `KnownAddress`."""
    allow(by, Right.MANAGE_PEOPLE)
    if User.objects.filter(email=email.strip().lower()).exists():
        raise KnownAddress
    return create_user(email, name=name, roles=roles, function=function, unit=unit, language=language, by=by)


@transaction.atomic
def change_roles(user: User, *, roles: Iterable[Role], function: str, unit: str, by: Person) -> None:
    """Give exactly these roles. Raises `LastOwner`."""
    allow(by, Right.MANAGE_PEOPLE)
    wanted = sorted(str(role) for role in roles)
    _keep_an_owner(user, roles=wanted, active=user.is_active)
    before = list(user.roles)
    user.roles, user.function, user.unit = wanted, function, unit
    user.save(update_fields=["roles", "function", "unit"])
    record(by, "people.roles.changed", user.email, before=before, after=wanted, function=function, unit=unit)


@transaction.atomic
def deactivate(user: User, *, by: Person) -> None:
    """Shut a person out at once: sessions end, tokens stop; history stays. Raises `LastOwner`."""
    allow(by, Right.MANAGE_PEOPLE)
    _keep_an_owner(user, roles=user.roles, active=False)
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.sessions.all().delete()
    record(by, "people.person.deactivated", user.email)


@transaction.atomic
def reactivate(user: User, *, by: Person) -> None:
    """Let a person in again, with the roles of before."""
    allow(by, Right.MANAGE_PEOPLE)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(by, "people.person.reactivated", user.email)


@transaction.atomic
def note_new_link(user: User, *, by: Person) -> None:
    """Record that a new link to choose a password was made."""
    allow(by, Right.MANAGE_PEOPLE)
    record(by, "people.link.made", user.email)
