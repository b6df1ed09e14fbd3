"""All statements of a run as PDF files: for the archive, or for people without a screen."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import translation

from viaggio.web.incentive.models import AwardLine, Employee, Run
from viaggio.web.incentive.services.errors import Missing
from viaggio.web.incentive.services.figure_scope import touchpoint_rows
from viaggio.web.incentive.services.statement_pdf import statement_pdf
from viaggio.web.incentive.services.statements import Writer
from viaggio.web.shared.audit import SYSTEM, record

RARELY = (50_000, 20, 100)
"""Thresholds of the garbage collector while pages are laid out: they live as one and die as one."""


@dataclass(frozen=True, slots=True)
class Written:
    """Files written and their bytes together."""

    files: int
    size: int


def people_of(code: str) -> list[str]:
    """The pseudonyms of a published run, which is recorded as written out. Raises `Missing`."""
    run = Run.objects.filter(code=code, published_at__isnull=False).first()
    if run is None:
        raise Missing(f"there is no published run '{code}'", place="run", hint="Publish it first.")
    people = list(AwardLine.objects.filter(run=run).order_by("person").values_list("person", flat=True))
    record(SYSTEM, "incentive.statements.written", code, statements=len(people))
    return people


def write_files(code: str, people: Sequence[str], folder: Path, language: str = "") -> Written:
    """The statements of these people of a run as `RUN-PERSON.pdf`, each whole or not at all.

    In `language`; without one in each person's own. Returns files and bytes.
    """
    size, awards = 0, AwardLine.objects.filter(run__code=code, person__in=people)
    staff = Employee.objects.filter(pseudonym__in=people).select_related("user")
    employees = {one.pseudonym: one for one in staff}
    writer, touchpoints = Writer(Run.objects.get(code=code)), touchpoint_rows()
    with _few_collections():
        for award in awards.order_by("person"):
            employee = employees[award.person]
            with translation.override(language or language_of(employee)):
                statement = writer.statement(award, employee)
                content = statement_pdf(statement, touchpoints, many=True)
            aside = folder / f".{code}-{award.person}.part"
            aside.write_bytes(content)
            aside.replace(folder / f"{code}-{award.person}.pdf")
            size += len(content)
    return Written(len(awards), size)


def language_of(employee: Employee) -> str:
    """The language that somebody reads; the program's own for who never signs in."""
    spoken = employee.user.language if employee.user else ""
    return spoken if spoken in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@contextmanager
def _few_collections() -> Iterator[None]:
    """Collect garbage rarely: what is there already stays, and a page's thousands of objects go together."""
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
