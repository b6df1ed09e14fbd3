"""What can go wrong between answers and a figure, each with its place and the way out."""

from viaggio.kernel import ViaggioError


class BadNumber(ViaggioError):
    """A number that is missing, endless or outside what is asked for."""

    code = "estimate.number"


class Collinear(ViaggioError):
    """A column that the others determine."""

    code = "estimate.collinear"


class Constant(ViaggioError):
    """A column that is the same in every row, so that nothing can vary with it."""

    code = "estimate.constant"


class TooFew(ViaggioError):
    """Fewer rows, groups or items than the method needs."""

    code = "estimate.too_few"


class EmptyCategory(ViaggioError):
    """A category that must occur and does not."""

    code = "estimate.empty_category"


class NotConverged(ViaggioError):
    """An iteration that did not reach its goal; nothing of it is used."""

    code = "estimate.not_converged"


class BadSample(ViaggioError):
    """Weights, strata, units or values that do not describe one sample."""

    code = "estimate.sample"


class LonelyStratum(ViaggioError):
    """A stratum with one sampled unit: its variance cannot be seen."""

    code = "estimate.lonely_stratum"


class BadMargins(ViaggioError):
    """Population totals that contradict each other or the sample."""

    code = "estimate.margins"


class EmptyCell(ViaggioError):
    """A cell of the population that nobody in the sample stands for."""

    code = "estimate.empty_cell"


class BadCounts(ViaggioError):
    """Counts that no sample can have: negative, none at all, more hits than answers."""

    code = "estimate.counts"
