"""Records of the shared incentive."""

from viaggio.web.incentive.models.controls import Dispute, Flag
from viaggio.web.incentive.models.outputs import PayrollExport, WelfareElection
from viaggio.web.incentive.models.plans import Acknowledgement, IncentivePlan, ManualKpi, PlanVersion
from viaggio.web.incentive.models.runs import AwardLine, LedgerEntry, LedgerHead, Run, Snapshot
from viaggio.web.incentive.models.staff import Absence, Assignment, Employee, OrgUnit, PayrollIdentity
from viaggio.web.incentive.models.switches import PersonSwitch
from viaggio.web.incentive.models.whatif import Simulation

__all__ = [
    "Absence", "Acknowledgement", "Assignment", "AwardLine", "Dispute", "Employee", "Flag", "IncentivePlan",
    "LedgerEntry", "LedgerHead", "ManualKpi", "OrgUnit", "PayrollExport", "PayrollIdentity", "PersonSwitch",
    "PlanVersion", "Run", "Simulation", "Snapshot", "WelfareElection",
]  # fmt: skip
