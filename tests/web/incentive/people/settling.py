"""Settles a quarter in a workspace, in a process of its own: `python settling.py FOLDER`.

The people who look are those that the browser's fixtures sign in: employee-it@example.com and so on.
"""

import sys
from pathlib import Path

PASSWORD = "tre treni per Trieste"


def settle(root: Path) -> None:
    """A published quarter, an objection, a correction; employees and heads who can sign in."""
    from viaggio.web.serve import prepare

    prepare(root)
    from django.utils import timezone
    from tests.web.incentive import staged

    from viaggio.web.incentive.models import Employee
    from viaggio.web.incentive.services import disputes
    from viaggio.web.shared.models import User
    from viaggio.web.shared.persons import create_user
    from viaggio.web.shared.roles import Role

    def person(*roles: Role, email: str, language: str = "it") -> User:
        made = create_user(email, name="Ada Neri", roles=list(roles), language=language)
        made.set_password(PASSWORD)
        made.save()
        return made

    office = staged.handlers(person)
    staged.people(office)
    run = staged.paid(staged.published(office, legal_basis="PDR", agreement={"signed": "2025-12-01"}), office,
                      now=timezone.now())  # fmt: skip
    for language, pseudonym, unit in (("it", "care-1", "care"), ("en", "north-3", "north")):
        user = person(Role.EMPLOYEE, email=f"employee-{language}@example.com", language=language)
        employee = Employee.objects.get(pseudonym=pseudonym)
        employee.user = user
        employee.save()
        disputes.open_dispute(
            run, employee, reason="working_time", line="lines[0]", text="A marzo ho lavorato a tempo pieno.",
            by=user, now=timezone.now(),
        )  # fmt: skip
        head = person(
            Role.HEAD_OF_FUNCTION, email=f"head_of_function-{language}@example.com", language=language
        )
        one = staged.unit(unit)
        one.head = head
        one.save()
    (root / "run.txt").write_text(run.code)


if __name__ == "__main__":
    settle(Path(sys.argv[1]))
