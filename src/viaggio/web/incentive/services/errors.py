"""What can not be done with plans, runs, flags and disputes, as codes with the way out."""

from collections.abc import Sequence

from viaggio.incentive.plan import Finding
from viaggio.kernel import ViaggioError


class NotThatState(ViaggioError):
    """Something that can not be done in the state that a plan, run, flag or dispute is in."""

    code = "incentive.state"


class SamePerson(ViaggioError):
    """Two people are needed, and this is one of them already."""

    code = "incentive.same_person"


class PlanRefused(ViaggioError):
    """A plan with findings that refuse it; `findings` says which."""

    code = "incentive.plan_refused"

    def __init__(self, findings: Sequence[Finding]) -> None:
        told = "; ".join(f"{finding.place}: {finding.code}" for finding in findings)
        super().__init__("the plan is refused", place=told, hint="Mend these places.")
        self.findings = tuple(findings)


class NotVerified(ViaggioError):
    """A run that does not come out the same again."""

    code = "incentive.not_verified"


class LedgerBroken(ViaggioError):
    """A ledger whose chain does not hold: nothing is posted on it."""

    code = "incentive.ledger_broken"


class TooLate(ViaggioError):
    """What was possible only until a day that has passed."""

    code = "incentive.too_late"


class Missing(ViaggioError):
    """Something that has to be written or confirmed first: a reason, a note, a second person."""

    code = "incentive.missing"


class NamesSomebody(ViaggioError):
    """A text that everybody reads, with somebody's pseudonym in it."""

    code = "incentive.names_somebody"


class NoKey(ViaggioError):
    """The key of the pay-roll identities is not there, or it is not the one they were sealed with."""

    code = "incentive.no_key"
