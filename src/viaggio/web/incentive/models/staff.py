"""Who takes part: units, employees by pseudonym, stays and absences; pay-roll identity is kept apart."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class OrgUnit(models.Model):
    """A unit of the company; the tree goes company, division, function, cell. The company's code is empty."""

    KINDS: ClassVar = ["company", "division", "function", "cell"]

    code = models.CharField(max_length=80, unique=True, blank=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=[(k, k) for k in KINDS])
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    function = models.CharField(max_length=40, blank=True)  # business function, as on touchpoints and users
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="heads"
    )
    first = models.DateField()
    last = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code or "(company)"


class Employee(models.Model):
    """A person who may be paid. Everything about pay hangs on the pseudonym."""

    pseudonym = models.CharField(max_length=40, unique=True)  # never derived from a name or payroll id
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="employee"
    )
    contract = models.CharField(max_length=40, blank=True)  # permanent, fixed_term, agency, executive ...
    hired = models.DateField()
    left = models.DateField(null=True, blank=True)  # last day of employment
    leave_reason = models.CharField(max_length=20, blank=True)  # good, bad ...
    gender = models.CharField(max_length=10, blank=True)  # for the report on equal pay only; may stay empty
    limits: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(
        default=dict
    )  # by year: income of the year before, as text; used up of the yearly limit

    class Meta:
        ordering: ClassVar = ["pseudonym"]

    def __str__(self) -> str:
        return self.pseudonym


class PayrollIdentity(models.Model):
    """Who a pseudonym is for pay-roll: encrypted with a key that is not in the database."""

    employee = models.OneToOneField(
        Employee, primary_key=True, on_delete=models.CASCADE, related_name="payroll"
    )
    sealed = models.BinaryField()  # JSON {payroll_id, name, cost_centre}, encrypted

    def __str__(self) -> str:
        return f"pay-roll identity {self.pk}"


class Assignment(models.Model):
    """A stay in a unit and plan group: working time, and what 100 % pays for a whole plan period."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="assignments")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="assignments")
    group = models.CharField(max_length=40)
    first = models.DateField()
    last = models.DateField(null=True, blank=True)
    fte = models.CharField(max_length=20, default="1")  # exact: "0.8" or "4/5"
    target_cents = models.BigIntegerField()

    class Meta:
        ordering: ClassVar = ["employee", "first", "id"]

    def __str__(self) -> str:
        return f"{self.employee_id} in {self.unit_id} from {self.first}"


class Absence(models.Model):
    """Days away, of a class that plans name. A health reason is never told, only the class."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="absences")
    kind = models.CharField(max_length=40)
    first = models.DateField()
    last = models.DateField()

    class Meta:
        ordering: ClassVar = ["employee", "first", "id"]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.kind} from {self.first}"
