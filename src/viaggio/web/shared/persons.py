"""People who sign in, as several faces and the command line make them."""

from collections.abc import Iterable

from django.db import transaction

from viaggio.web.shared.audit import SYSTEM, record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import Person
from viaggio.web.shared.roles import Role


@transaction.atomic
def create_user(
    email: str,
    *,
    name: str,
    roles: Iterable[Role],
    password: str | None = None,
    function: str = "",
    unit: str = "",
    language: str = "it",
    by: Person | str = SYSTEM,
) -> User:
    """Save a new person; without a password they choose one through an invitation link.

    The caller has checked the e-mail and the password.
    """
    user = User.objects.create_user(
        email,
        password,
        name=name,
        roles=sorted(str(role) for role in roles),
        function=function,
        unit=unit,
        language=language,
    )
    record(by, "people.person.made", user.email, roles=user.roles, function=function)
    return user
