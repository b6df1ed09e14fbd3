"""All ten detectors over all cells."""

from collections.abc import Iterator, Mapping

from viaggio.incentive.detectors.audit import audit
from viaggio.incentive.detectors.begging import begging
from viaggio.incentive.detectors.bunching import bunching
from viaggio.incentive.detectors.coverage import coverages
from viaggio.incentive.detectors.duplicates import duplicates
from viaggio.incentive.detectors.judging import no_data
from viaggio.incentive.detectors.model import Detector, Finding, Limits
from viaggio.incentive.detectors.shift import shift
from viaggio.incentive.detectors.signals import Signals
from viaggio.incentive.detectors.staff import staff_answers
from viaggio.incentive.detectors.suppression import suppression
from viaggio.incentive.detectors.timing import timing
from viaggio.incentive.detectors.triangulation import triangulation

DEFAULT = Limits()
_NEEDS: Mapping[Detector, str] = {
    Detector.COVERAGE: "invited", Detector.SUPPRESSION: "marked", Detector.BEGGING: "begging",
    Detector.TIMING: "timed", Detector.DUPLICATES: "given", Detector.STAFF: "answered",
    Detector.SHIFT: "weeks", Detector.AUDIT: "audited", Detector.TRIANGULATION: "compared",
    Detector.BUNCHING: "endings",
}  # fmt: skip
"""The mapping of the signals that a detector reads."""


def look(signals: Signals, limits: Limits = DEFAULT, *, seed: int) -> tuple[Finding, ...]:
    """Findings of every detector for every cell, by detector and then cell; the same for the same seed.

    A detector says `no_data` of a cell for which the facts lack its input. No finding changes an amount.
    """
    return tuple(sorted(_all(signals, limits, seed), key=lambda one: (_ORDER[one.detector], one.cell)))


_ORDER = {detector: place for place, detector in enumerate(Detector)}


def _all(signals: Signals, limits: Limits, seed: int) -> Iterator[Finding]:
    parents = signals.parents
    yield from coverages(signals.invited, limits)
    yield from suppression(signals.marked, parents, limits)
    yield from begging(signals.begging, parents, limits)
    yield from timing(signals.timed, parents, limits)
    yield from duplicates(signals.given, parents, limits)
    yield from staff_answers(signals.answered, parents, signals.staff, limits)
    yield from shift(signals.weeks, limits, seed=seed)
    yield from audit(signals.audited, limits)
    yield from triangulation(signals.compared, limits)
    yield from bunching(signals.endings, signals.reached, limits, seed=seed)
    for detector, name in _NEEDS.items():
        for cell in parents.keys() - getattr(signals, name).keys():
            yield no_data(detector, cell, signals.without.get(detector, name))
