"""Nouns of all detectors: what they look at, from which value on they flag, what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType


class Detector(StrEnum):
    """The ten kinds of gaming that are looked for."""

    COVERAGE = "coverage"  # hard cases invited less often
    SUPPRESSION = "suppression"  # bad cases marked "do not contact"
    BEGGING = "begging"  # customers asked for a score
    TIMING = "timing"  # answers too soon, too quick, in bursts
    DUPLICATES = "duplicates"  # the same customer, device or text
    STAFF = "staff"  # employees who answer
    SHIFT = "shift"  # a sudden other level or distribution
    AUDIT = "audit"  # the hidden random sample says less
    TRIANGULATION = "triangulation"  # the pulse rises together with what should fall
    BUNCHING = "bunching"  # just above a curve point, or just before the end


class State(StrEnum):
    """What a detector says of a cell."""

    FLAGGED = "flagged"
    QUIET = "quiet"
    NO_DATA = "no_data"


class Reason(StrEnum):
    """Why an answer should not count."""

    CUSTOMER = "same_customer"
    DEVICE = "same_device"
    TEXT = "same_text"
    STAFF = "staff_contact"
    NETWORK = "company_network"


@dataclass(frozen=True, slots=True, order=True)
class Exclusion:
    """An answer that should not count, and why. `kind`: what of the response; empty is all of it."""

    response: str
    reason: Reason
    kind: str = ""


_NONE: Mapping[str, float | str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a detector found in a cell: codes and numbers, no sentences. It never changes an amount.

    `p` is that of the cell by itself, `adjusted` holds the share of false flags over all cells (Benjamini
    and Hochberg); both None where nothing could be tested. `values` are the figures behind the statistic,
    with `without` for inputs that the facts lack; `responses` are answers to look at.
    """

    detector: Detector
    cell: str
    state: State
    statistic: float | None = None
    p: float | None = None
    adjusted: float | None = None
    values: Mapping[str, float | str] = field(default_factory=lambda: _NONE)
    excludes: tuple[Exclusion, ...] = ()
    responses: tuple[str, ...] = ()

    @property
    def flagged(self) -> bool:
        """Whether it proposes a hold, for somebody to decide on."""
        return self.state is State.FLAGGED


@dataclass(frozen=True, slots=True)
class Count:
    """So many `hits` of `n`."""

    hits: int
    n: int


NOTHING = Count(0, 0)
"""No base."""


@dataclass(frozen=True, slots=True)
class Votes:
    """Answers to the recommendation by kind."""

    promoters: int
    passives: int
    detractors: int

    @property
    def n(self) -> int:
        """All answers."""
        return self.promoters + self.passives + self.detractors


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From which value on a detector flags; `..._p` are held against a cell's own p."""

    false_flags: float = 0.05
    """Share of false flags among all flags of a detector that is held over the cells."""
    coverage_ratio: Fraction = Fraction(4, 5)
    """Of the rates at which hard and easy cases are invited."""
    coverage_z: Fraction = Fraction("2.326348")
    coverage_p: float = 0.01
    suppression_ratio: float = 3.0
    """Times the peers' share of bad cases that staff marked not to be asked."""
    suppression_p: float = 0.01
    item_share: float = 0.05
    """Of those asked on a sub-sample who say that somebody asked them for a score."""
    item_p: float = 0.01
    spike_p: float = 0.001
    pleas: int = 2
    """Texts that tell of it, at least."""
    pleas_p: float = 0.01
    timing_p: float = 0.001
    timing_answers: int = 5
    seconds_after_invitation: float = 15.0
    quick_percentile: float = 1.0
    quick_base: int = 200
    """Completion times of the peers that a percentile needs."""
    burst_seconds: float = 600.0
    quarantine_days: int = 30
    """One answer of a customer, or a device, at a touchpoint in so many days."""
    text_words: int = 6
    """Shorter texts are alike by chance."""
    text_alike: float = 0.8
    """Share of common words among all words of two texts from which on they are near-identical."""
    duplicates: int = 3
    """Answers given again, or texts alike, from which on a cell is flagged."""
    duplicates_p: float = 0.01
    staff: int = 2
    staff_p: float = 0.01
    cusum_limit: float = 5.0
    cusum_slack: float = 0.5
    """h and k of the cumulative sum, in standard deviations of a week's mean minus the parent's."""
    week_answers: int = 5
    history_weeks: int = 8
    shift_p: float = 0.01
    shift_answers: int = 30
    distance: float = 0.1
    """Jensen-Shannon distance (0 to 1) below which distributions are not called different."""
    audit_z: float = 2.326348
    audit_p: float = 0.01
    triangulation_p: float = 0.05
    last_days: int = 10
    bunching_p: float = 0.01
    near: float = 1.0
    """How near to a curve point is just above or just below it, in the measure's unit."""
