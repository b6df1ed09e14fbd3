"""Roles and what each may do; rights of several roles add up, and without a role nothing is allowed."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from viaggio.kernel import EVERYBODY, Population


class Role(StrEnum):
    """What a person is in the company, as far as Viaggio goes."""

    OWNER = "owner"
    CX_MANAGER = "cx_manager"
    HEAD_OF_FUNCTION = "head_of_function"  # sees the touchpoints of the own function
    ANALYST = "analyst"  # figures, no personal data
    CASE_HANDLER = "case_handler"
    HR = "hr"
    PAYROLL = "payroll"
    APPROVER = "approver"
    EMPLOYEE = "employee"  # the own statement
    WORKS_COUNCIL = "works_council"  # aggregates
    AUDITOR = "auditor"  # reads all, changes nothing
    DATA_PROTECTION = "data_protection"


class Right(StrEnum):
    """What a view asks for."""

    OWN_ACCOUNT = "own_account"  # the own profile, sessions and tokens
    SEE_OWN_STATEMENT = "see_own_statement"
    SEE_FIGURES = "see_figures"
    SEE_CUSTOMERS = "see_customers"  # personal data of customers
    MANAGE_IDENTITY = "manage_identity"  # join and part customers
    ERASE_CUSTOMERS = "erase_customers"  # for ever, and see what was erased
    MANAGE_PULSES = "manage_pulses"  # questionnaires, pulses, alerts
    SEE_DATA = "see_data"
    IMPORT_DATA = "import_data"
    EXPORT = "export"
    USE_API = "use_api"
    MANAGE_CONNECTIONS = "manage_connections"  # webhooks and gateways
    SEE_PLANS = "see_plans"  # plans and runs of the shared incentive, without names
    DESIGN_PLANS = "design_plans"
    APPROVE_PAY = "approve_pay"  # plans and runs of others
    RUN_INCENTIVES = "run_incentives"
    DECIDE_HOLDS = "decide_holds"  # flags of cells that one does not head
    REVIEW_DISPUTES = "review_disputes"
    MANAGE_STAFF = "manage_staff"  # employees, units, stays, absences
    SEE_CELL = "see_cell"  # what the own unit earned, as a whole
    SEE_PAY_TOTALS = "see_pay_totals"  # aggregates for the works council
    EXPORT_PAY_TOTALS = "export_pay_totals"  # those aggregates and the plan's text as files, nothing else
    SEE_ALL_STATEMENTS = "see_all_statements"
    EXPORT_PAYROLL = "export_payroll"
    MANAGE_PEOPLE = "manage_people"
    SEE_AUDIT = "see_audit"


_OWN = frozenset({Right.OWN_ACCOUNT, Right.SEE_OWN_STATEMENT})
_READ = frozenset({Right.SEE_FIGURES, Right.EXPORT})
_PAY = frozenset(
    {
        Right.DESIGN_PLANS, Right.APPROVE_PAY, Right.RUN_INCENTIVES, Right.REVIEW_DISPUTES,
        Right.MANAGE_STAFF, Right.SEE_CELL, Right.SEE_ALL_STATEMENTS, Right.EXPORT_PAYROLL,
    }
)  # fmt: skip

RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.OWNER: frozenset(Right) - {Right.SEE_ALL_STATEMENTS},
        Role.CX_MANAGER: frozenset(Right)
        - _PAY
        - {Right.MANAGE_PEOPLE, Right.SEE_AUDIT, Right.ERASE_CUSTOMERS},
        Role.HEAD_OF_FUNCTION: _OWN | _READ | {Right.SEE_CELL},
        Role.ANALYST: _OWN | _READ | {Right.SEE_DATA, Right.USE_API},
        Role.CASE_HANDLER: _OWN | {Right.SEE_FIGURES, Right.SEE_CUSTOMERS},
        Role.HR: _OWN
        | {
            Right.SEE_FIGURES,
            Right.SEE_PLANS,
            Right.DESIGN_PLANS,
            Right.RUN_INCENTIVES,
            Right.REVIEW_DISPUTES,
        }
        | {Right.MANAGE_STAFF, Right.SEE_PAY_TOTALS, Right.USE_API},
        Role.PAYROLL: _OWN | {Right.SEE_PLANS, Right.EXPORT_PAYROLL, Right.USE_API},
        Role.APPROVER: _OWN | {Right.SEE_FIGURES, Right.SEE_PLANS, Right.APPROVE_PAY, Right.SEE_PAY_TOTALS},
        Role.EMPLOYEE: _OWN,
        Role.WORKS_COUNCIL: _OWN
        | {Right.SEE_FIGURES, Right.SEE_PLANS, Right.SEE_PAY_TOTALS, Right.EXPORT_PAY_TOTALS},
        Role.AUDITOR: _OWN
        | _READ
        | {Right.SEE_CUSTOMERS, Right.SEE_DATA, Right.SEE_AUDIT, Right.SEE_PLANS, Right.SEE_PAY_TOTALS}
        | {Right.SEE_ALL_STATEMENTS},
        Role.DATA_PROTECTION: _OWN
        | {Right.SEE_CUSTOMERS, Right.ERASE_CUSTOMERS, Right.SEE_DATA, Right.SEE_AUDIT, Right.EXPORT}
        | {Right.USE_API},
    }
)

_NO_FUNCTION = "-"  # a head of function whose function was never said sees no rows


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """All rights of these roles together; an unknown role gives none."""
    known = set(Role)
    return frozenset().union(*(RIGHTS[Role(role)] for role in roles if role in known))


def population_of(roles: Iterable[str], function: str) -> Population:
    """The rows that these roles may see: everybody, or the own `function` for those who only head it."""
    sees_figures = {role for role in roles if Right.SEE_FIGURES in rights_of([role])}
    if sees_figures == {Role.HEAD_OF_FUNCTION}:
        return EVERYBODY.narrowed(function=[function or _NO_FUNCTION])
    return EVERYBODY
