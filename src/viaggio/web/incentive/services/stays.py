"""Stays of a person: pseudonyms by chance, and that nobody works more than full time."""

import secrets
from collections.abc import Iterable
from datetime import date

from viaggio.incentive.exact import exact
from viaggio.incentive.proration import Stay, check_stays
from viaggio.web.incentive.models import Assignment, Employee

FAR = date(9990, 12, 31)
"""Stands for a last day that is not known yet."""


def new_pseudonym() -> str:
    """A pseudonym by chance, unlike any other."""
    while True:
        name = f"P-{secrets.token_hex(5).upper()}"
        if not Employee.objects.filter(pseudonym=name).exists():
            return name


def check_working_time(employee: Employee, *more: Assignment) -> None:
    """Raises `BadAssignment` where the stays of a person, with these, exceed full time on some day."""
    check_together([*Assignment.objects.filter(employee=employee), *more], place=employee.pseudonym)


def check_together(stays: Iterable[Assignment], *, place: str) -> None:
    """Raises `BadAssignment` where these stays exceed full time on some day."""
    check_stays(
        [Stay(stay.first, stay.last or FAR, str(stay.unit_id), exact(stay.fte)) for stay in stays],
        place=place,
    )
