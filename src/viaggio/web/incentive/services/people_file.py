"""People, stays and absences from the CSV of docs/reference/incentive-files.md, row by row.

A person with a fault in any row is kept out whole, with every fault named; the others are taken, and their
older stays and absences replaced by those of the file.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from django.db import transaction

from viaggio.incentive.errors import BadAssignment
from viaggio.incentive.exact import cents, exact
from viaggio.kernel import BadFile, ViaggioError
from viaggio.store.incentives.tables import PEOPLE_COLUMNS
from viaggio.web.incentive.models import Absence, Assignment, Employee, OrgUnit, PayrollIdentity
from viaggio.web.incentive.services.identity import Identity
from viaggio.web.incentive.services.sealing import seal
from viaggio.web.incentive.services.stays import check_together
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import allow
from viaggio.web.shared.roles import Right

MORE_COLUMNS = ("payroll_id", "name", "cost_centre", "email", "hired", "gender")
"""Columns that a file of people may have besides: who a pseudonym is, and the account of the person."""

LONGEST = 20_000_000  # characters of a file
LONGEST_NAME = 40  # of a pseudonym


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: its line in the file, the column, what is wrong (a code), and the row."""

    line: int
    column: str
    what: str
    row: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did, or would do: people, stays and absences taken; rows kept out."""

    people: int
    stays: int
    absences: int
    units: int
    rejects: tuple[Reject, ...]
    dry: bool


@dataclass
class _Person:
    """One person's rows as they are read."""

    stays: list[dict[str, object]] = field(default_factory=list)
    away: list[Absence] = field(default_factory=list)
    fields: dict[str, object] = field(default_factory=dict)
    identity: Identity | None = None
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    faults: list[Reject] = field(default_factory=list)


class _Row:
    """A row with its line; what can not be read becomes a fault of its person."""

    def __init__(self, line: int, row: dict[str, str], person: _Person) -> None:
        self.line, self.row, self.person = line, row, person

    def fault(self, column: str, what: str) -> None:
        self.person.faults.append(Reject(self.line, column, what, self.row))

    def text(self, column: str, *, needed: bool = False) -> str:
        if needed and not self.row.get(column):
            self.fault(column, "missing")
        return self.row.get(column, "")

    def day(self, column: str, *, needed: bool = False) -> date | None:
        text = self.text(column, needed=needed)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.fault(column, "no_day")
            return None

    def number(self, column: str, otherwise: Fraction | None = None) -> Fraction | None:
        text = self.text(column, needed=otherwise is None)
        if not text:
            return otherwise
        try:
            return exact(text)
        except ViaggioError:
            self.fault(column, "no_number")
            return otherwise


@transaction.atomic
def import_people(text: str, *, by: User, now: datetime, dry: bool = False) -> Imported:
    """Take people, stays and absences from the CSV; with `dry` only say what would be done.

    People with no fault in any row are taken whole, their older stays and absences replaced; the rows of the
    others are rejected. Units that do not exist are made as cells below the company. Raises `BadFile`.
    """
    allow(by, Right.MANAGE_STAFF)
    people, rejects = _read(text)
    for name, person in people.items():
        _check(name, person)
        rejects += person.faults
        faulty = {reject.line for reject in person.faults}
        if faulty:
            rejects += [Reject(n, "", "person_rejected", r) for n, r in person.rows if n not in faulty]
    good = {name: person for name, person in people.items() if not person.faults}
    units = {str(stay["unit"]) for person in good.values() for stay in person.stays}
    known = set(OrgUnit.objects.filter(code__in=units).values_list("code", flat=True))
    if not dry:
        _save(good, sorted(units - known), by=by, now=now)
    found = Imported(
        people=len(good), stays=sum(len(p.stays) for p in good.values()),
        absences=sum(len(p.away) for p in good.values()), units=len(units - known),
        rejects=tuple(sorted(rejects, key=lambda reject: (reject.line, reject.column))), dry=dry,
    )  # fmt: skip
    if not dry:
        record(by, "incentive.people.imported", "people", people=found.people, rejects=len(found.rejects))
    return found


def _read(text: str) -> tuple[dict[str, _Person], list[Reject]]:
    if len(text) > LONGEST or "\0" in text:
        raise BadFile("this is no file of people", place="people", hint="Give a CSV of at most 20 MB.")
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    known = {*PEOPLE_COLUMNS, *MORE_COLUMNS}
    unknown = [name for name in reader.fieldnames or () if name not in known]
    if unknown or "person" not in (reader.fieldnames or ()):
        raise BadFile(f"column '{unknown[0] if unknown else 'person'}' is not as expected", place="people",
                      hint=f"Known: {', '.join([*PEOPLE_COLUMNS, *MORE_COLUMNS])}.")  # fmt: skip
    people: dict[str, _Person] = {}
    rejects: list[Reject] = []
    try:
        for raw in reader:
            row = {name: (value or "").strip() for name, value in raw.items() if name}
            if not row.get("person"):
                rejects.append(Reject(reader.line_num, "person", "missing", row))
                continue
            person = people.setdefault(row["person"], _Person())
            person.rows.append((reader.line_num, row))
            _take(_Row(reader.line_num, row, person))
    except csv.Error as error:
        raise BadFile("the file can not be read", place=f"line {reader.line_num}", hint=str(error)) from error
    return people, rejects


def _take(row: _Row) -> None:
    person, kind = row.person, row.text("kind") or "stay"
    first, last = row.day("first", needed=True), row.day("last", needed=kind == "absence")
    if first and last and last < first:
        row.fault("last", "before_first")
    if kind == "absence":
        away = Absence(kind=row.text("absence", needed=True)[:40])
        if first and last:
            away.first, away.last = first, last
            person.away.append(away)
    elif kind == "stay":
        target, fte = row.number("target"), row.number("fte", Fraction(1))
        if fte is not None and not 0 < fte <= 1:
            row.fault("fte", "not_between_0_and_1")
        if target is not None and (target < 0 or (target * 100).denominator != 1):
            row.fault("target", "no_amount")
        person.stays.append({
            "unit": row.text("unit", needed=True), "group": row.text("group", needed=True), "first": first,
            "last": last, "fte": row.text("fte") or "1", "target_cents": cents(target or Fraction(0)),
        })  # fmt: skip
    else:
        row.fault("kind", "neither_stay_nor_absence")
    _about(row)


def _about(row: _Row) -> None:
    """What a row says of the person; an empty value says nothing."""
    said: dict[str, object] = {
        name: row.text(name)[:40] for name in ("contract", "leave_reason", "gender") if row.text(name)
    }
    for name in ("left", "hired"):
        day = row.day(name)
        if day:
            said[name] = day
    if row.text("email"):
        user = User.objects.filter(email=row.text("email").lower()).first()
        if user is None:
            row.fault("email", "nobody")
        else:
            said["user"] = user
    row.person.fields |= said
    if row.text("payroll_id"):
        row.person.identity = Identity(row.text("payroll_id"), row.text("name"), row.text("cost_centre"))


def _check(name: str, person: _Person) -> None:
    """Nobody works more than full time; somebody without any stay is nobody."""
    if person.faults:
        return
    line, row = person.rows[0]
    try:
        check_together([_stay(stay, None) for stay in person.stays], place=name)
    except BadAssignment:
        person.faults.append(Reject(line, "fte", "more_than_full_time", row))
    if len(name) > LONGEST_NAME:
        person.faults.append(Reject(line, "person", "too_long", row))


def _stay(values: Mapping[str, object], unit: OrgUnit | None) -> Assignment:
    return Assignment(unit=unit, **{name: value for name, value in values.items() if name != "unit"})


def _save(people: Mapping[str, _Person], new_units: Sequence[str], *, by: User, now: datetime) -> None:
    days = [stay["first"] for person in people.values() for stay in person.stays]
    earliest = min((day for day in days if isinstance(day, date)), default=now.date())
    company = OrgUnit.objects.filter(kind="company").first()
    if company is None and new_units:
        company = OrgUnit.objects.create(code="", name="", kind="company", first=earliest)
    for code in new_units:
        OrgUnit.objects.create(code=code, name=code, kind="cell", parent=company, first=earliest)
    units = {unit.code: unit for unit in OrgUnit.objects.all()}
    for name, person in people.items():
        known = Employee.objects.filter(pseudonym=name).first()
        hired = min(
            (d for d in (s["first"] for s in person.stays) if isinstance(d, date)), default=now.date()
        )
        if known is None:
            known = Employee.objects.create(pseudonym=name, **{"hired": hired, **person.fields})
        elif person.fields:
            for field_name, value in person.fields.items():
                setattr(known, field_name, value)
            known.save(update_fields=sorted(person.fields))
        known.assignments.all().delete()
        known.absences.all().delete()
        for stay in _assignments(person, units):
            stay.employee = known
            stay.save()
        for away in person.away:
            away.employee = known
            away.save()
        if person.identity:
            _seal(known, person.identity)


def _assignments(person: _Person, units: Mapping[str, OrgUnit]) -> Iterator[Assignment]:
    for values in person.stays:
        yield _stay(values, units[str(values["unit"])])


def _seal(employee: Employee, identity: Identity) -> None:
    PayrollIdentity.objects.update_or_create(employee=employee, defaults={"sealed": seal(identity)})
