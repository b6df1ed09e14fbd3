"""All statements of a run as files: one for each person, in the own language, recorded."""

import re

import pytest
from tests.web.incentive.people.test_paper import unpacked
from tests.web.incentive.staged import paid, published

from viaggio.web.incentive.models import AwardLine, Employee
from viaggio.web.incentive.services import staff
from viaggio.web.incentive.services.errors import Missing
from viaggio.web.incentive.services.statement_files import people_of, write_files
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db


def test_every_person_of_a_run_gets_a_file_in_the_own_language(staffed, person, tmp_path):
    run = paid(published(staffed), staffed)
    english = person(Role.EMPLOYEE, email="care@example.com", language="en")
    staff.change_employee(Employee.objects.get(pseudonym="care-1"), by=staffed.runner, user=english)
    people = people_of(run.code)
    assert people == sorted(AwardLine.objects.filter(run=run).values_list("person", flat=True))
    assert AuditEntry.objects.filter(action="incentive.statements.written", subject=run.code).count() == 1
    written = write_files(run.code, ["care-1", "care-2"], tmp_path)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(files) == {f"{run.code}-care-{n}.pdf" for n in (1, 2)}
    assert (written.files, written.size) == (2, sum(map(len, files.values())))
    languages = {name[-5]: re.search(rb"/Lang \((\w+)\)", unpacked(pdf))[1] for name, pdf in files.items()}
    assert languages == {"1": b"en", "2": b"it"}
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_what_is_not_published_is_not_written(db):
    with pytest.raises(Missing):
        people_of("none")
