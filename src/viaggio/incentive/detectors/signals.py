"""What all detectors read, by cell; a cell missing in a mapping has no data there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from viaggio.incentive.detectors.audit import Audited
from viaggio.incentive.detectors.begging import Begging
from viaggio.incentive.detectors.bunching import Ending, Reached
from viaggio.incentive.detectors.coverage import Invited
from viaggio.incentive.detectors.duplicates import Given
from viaggio.incentive.detectors.model import Count
from viaggio.incentive.detectors.shift import Weeks
from viaggio.incentive.detectors.staff import Answered, Staff
from viaggio.incentive.detectors.timing import Timed
from viaggio.incentive.detectors.triangulation import Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """Inputs of the ten detectors; `parents` names every cell that is watched, with the one above it.

    Cells of one parent are each other's peers. `without` says, by detector, which input the facts lack.
    """

    parents: Mapping[str, str]
    invited: Mapping[str, Invited] = field(default_factory=dict)
    marked: Mapping[str, Count] = field(default_factory=dict)
    begging: Mapping[str, Begging] = field(default_factory=dict)
    timed: Mapping[str, tuple[Timed, ...]] = field(default_factory=dict)
    given: Mapping[str, tuple[Given, ...]] = field(default_factory=dict)
    answered: Mapping[str, tuple[Answered, ...]] = field(default_factory=dict)
    staff: Staff = field(default_factory=Staff)
    weeks: Mapping[str, Weeks] = field(default_factory=dict)
    audited: Mapping[str, Audited] = field(default_factory=dict)
    compared: Mapping[str, Compared] = field(default_factory=dict)
    endings: Mapping[str, Ending] = field(default_factory=dict)
    reached: tuple[Reached, ...] = ()
    without: Mapping[str, str] = field(default_factory=dict)
