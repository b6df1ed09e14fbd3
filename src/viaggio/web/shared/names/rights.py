"""What people call roles and rights."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from viaggio.web.shared.roles import Right, Role

ROLE_NAMES: Mapping[Role, Promise] = {
    Role.OWNER: _("Owner"),
    Role.CX_MANAGER: _("CX manager"),
    Role.HEAD_OF_FUNCTION: _("Head of function"),
    Role.ANALYST: _("Analyst"),
    Role.CASE_HANDLER: _("Case handler"),
    Role.HR: _("Human resources"),
    Role.PAYROLL: _("Payroll"),
    Role.APPROVER: _("Approver"),
    Role.EMPLOYEE: _("Employee"),
    Role.WORKS_COUNCIL: _("Works council"),
    Role.AUDITOR: _("Auditor"),
    Role.DATA_PROTECTION: _("Data-protection officer"),
}
ROLE_HINTS: Mapping[Role, Promise] = {
    Role.OWNER: _("May do everything, and decides who may do what."),
    Role.CX_MANAGER: _("Reads the journey, brings data in, joins customers."),
    Role.HEAD_OF_FUNCTION: _("Sees the touchpoints of the own function."),
    Role.ANALYST: _("Sees figures and data, no personal data."),
    Role.CASE_HANDLER: _("Sees figures and customers' histories."),
    Role.HR: _("Sees figures; looks after the shared incentives."),
    Role.PAYROLL: _("Takes over what is paid out."),
    Role.APPROVER: _("Approves what is paid out."),
    Role.EMPLOYEE: _("Reads the own statement."),
    Role.WORKS_COUNCIL: _("Sees figures of groups, never of persons."),
    Role.AUDITOR: _("Reads everything, changes nothing."),
    Role.DATA_PROTECTION: _("Sees personal data and who looked at them; erases who asks for it."),
}
RIGHT_NAMES: Mapping[Right, Promise] = {
    Right.OWN_ACCOUNT: _("Use the own account"),
    Right.SEE_OWN_STATEMENT: _("See the own statement"),
    Right.SEE_FIGURES: _("See figures"),
    Right.SEE_CUSTOMERS: _("See customers"),
    Right.MANAGE_IDENTITY: _("Join and part customers"),
    Right.ERASE_CUSTOMERS: _("Erase customers for ever"),
    Right.MANAGE_PULSES: _("Design and run pulses"),
    Right.SEE_DATA: _("See sources and imports"),
    Right.IMPORT_DATA: _("Bring data in"),
    Right.EXPORT: _("Export"),
    Right.USE_API: _("Use the API"),
    Right.MANAGE_CONNECTIONS: _("Connect other systems"),
    Right.SEE_PLANS: _("See plans and runs of the incentives"),
    Right.DESIGN_PLANS: _("Write plans of the incentives"),
    Right.RUN_INCENTIVES: _("Compute and publish the incentives"),
    Right.APPROVE_PAY: _("Approve plans and runs of others"),
    Right.EXPORT_PAY_TOTALS: _("Take the totals of the incentives as a file"),
    Right.EXPORT_PAYROLL: _("Hand over to pay-roll"),
    Right.MANAGE_PEOPLE: _("Manage people and roles"),
    Right.SEE_AUDIT: _("Read the audit"),
}
