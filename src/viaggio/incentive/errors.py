"""What can be wrong with a plan, a person's data or an amount."""

from viaggio.kernel import ViaggioError


class BadAmount(ViaggioError):
    """A number on the pay path that is no exact number."""

    code = "incentive.bad_amount"


class BadPlan(ViaggioError):
    """A plan that can not be calculated with."""

    code = "incentive.bad_plan"


class BadAssignment(ViaggioError):
    """Working times of a person that can not be true."""

    code = "incentive.bad_assignment"


class Stopped(ViaggioError):
    """A long computation that somebody stopped."""

    code = "incentive.stopped"
