"""The mail that says that a statement is there: who it is for and where it is, and no figure."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from viaggio.kernel import BadWorkspace
from viaggio.web.incentive.models import AwardLine, Employee, Run
from viaggio.web.shared.models import User
from viaggio.web.shared.navigation import company_name
from viaggio.web.shared.permissions import may
from viaggio.web.shared.post.queue import post_mails
from viaggio.web.shared.post.setup import connections
from viaggio.web.shared.roles import Right
from viaggio.web.shared.workspace import workspace

AT_ONCE = 500


def wanted() -> bool:
    """Whether the company writes to people about their statements: `statement_mails` of `viaggio.toml`."""
    try:
        return workspace().settings.statement_mails
    except BadWorkspace:  # nothing is served, so nobody could follow the link
        return False


def tell(run: Run, *, now: datetime) -> int:
    """Queue a mail to everybody who can read a statement of this run, in the caller's transaction.

    Each mail goes once, in the person's language. Returns how many are new.
    """
    if not wanted():
        return 0
    url = connections().address + reverse("incentive:statement", args=[run.code])
    words = {language: _words(url, language, corrects=run.corrects_id is not None)
             for language, _name in settings.LANGUAGES}  # fmt: skip
    usual = words[settings.LANGUAGE_CODE]
    readers, queued = list(_readers(run)), 0
    for at in range(0, len(readers), AT_ONCE):
        mails = {
            f"statement:{run.pk}:{user.pk}": (user.email, words.get(user.language, usual))
            for user in readers[at : at + AT_ONCE]
        }
        queued += post_mails(mails, now=now)
    return queued


def _readers(run: Run) -> Iterator[User]:
    """People with an award in the run who sign in and may read their own statement."""
    people = AwardLine.objects.filter(run=run).values("person")
    employees = Employee.objects.filter(pseudonym__in=people, user__is_active=True).select_related("user")
    for employee in employees.order_by("pk"):
        if employee.user and employee.user.email and may(employee.user, Right.SEE_OWN_STATEMENT):
            yield employee.user


def _words(url: str, language: str, *, corrects: bool) -> dict[str, str]:
    with translation.override(language):
        if corrects:
            subject, text = (
                _("Your corrected statement is ready"),
                _("A statement of yours was worked out again."),
            )
        else:
            subject, text = _("Your statement is ready"), _("A new statement of yours is ready.")
        more = _("Sign in to read it: how it was worked out, when it is paid, and what you can do about it.")
        return {"subject": subject, "text": f"{text}\n{more}\n\n{url}\n", "from_name": company_name()}
