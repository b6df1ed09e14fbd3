"""What a funnel asks: stages one after the other, windows, what must not come between, who enters when."""

from dataclasses import dataclass
from enum import StrEnum

from viaggio.journey.kinds import MOST_KINDS, InteractionKind
from viaggio.kernel import ViaggioError


class BadFunnel(ViaggioError):
    """A funnel without steps, with too many, or with an exclusion between steps that it does not have."""

    code = "journey.funnel.bad"


class Entry(StrEnum):
    """What is counted. An attempt starts with an interaction of the first stage."""

    FURTHEST = (
        "furthest"  # each customer once, with the attempt that gets furthest; any first step may start it
    )
    FIRST = "first"  # each customer once, with the attempt that starts at the very first first step
    EVERY = "every"  # every attempt; a new one can start once nothing can go on from the one before


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step, or several in any order.

    `within_micros`: from the moment the stage before is complete (for a first stage: from its first step)
    until this one is; a span of exactly as much is in time.
    """

    steps: tuple[InteractionKind, ...]
    within_micros: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Interactions that end an attempt when they come after stage `after` is complete and before `before` is.

    Stages count from 1; `after=0` is the start of the attempt, `before=None` the last stage. An interaction
    of the two stages around a gap does not end an attempt there.
    """

    kind: InteractionKind
    after: int = 0
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRules:
    """A whole funnel. `within_micros`: from the first step of an attempt to any other one.

    Raises `BadFunnel`.
    """

    stages: tuple[Stage, ...]
    within_micros: int | None = None
    exclusions: tuple[Exclusion, ...] = ()
    entry: Entry = Entry.FURTHEST

    def __post_init__(self) -> None:
        """Refuse what can not be counted."""
        if not self.stages or not all(stage.steps for stage in self.stages):
            raise BadFunnel("a funnel has at least one step, and so has each stage of it")
        if len(self.kinds) > MOST_KINDS:
            raise BadFunnel(f"{len(self.kinds)} steps and exclusions", hint=f"At most {MOST_KINDS} together.")
        windows = (self.within_micros, *(stage.within_micros for stage in self.stages))
        if any(window is not None and window < 0 for window in windows):
            raise BadFunnel("a window is shorter than nothing")
        last = len(self.stages)
        for exclusion in self.exclusions:
            before = last if exclusion.before is None else exclusion.before
            if not 0 <= exclusion.after < before <= last:
                raise BadFunnel(
                    f"an exclusion between stages {exclusion.after} and {before}",
                    hint=f"The funnel has the stages 1 to {last}; 0 is the start of an attempt.",
                )

    @property
    def steps(self) -> tuple[InteractionKind, ...]:
        """All steps in the order of the stages."""
        return tuple(step for stage in self.stages for step in stage.steps)

    @property
    def kinds(self) -> tuple[InteractionKind, ...]:
        """All steps, then all exclusions: kind k has bit k."""
        return (*self.steps, *(exclusion.kind for exclusion in self.exclusions))

    @property
    def labels(self) -> tuple[str, ...]:
        """The steps' names; of a stage in any order, all of its steps with the number of those done."""
        return tuple(
            stage.steps[0].label
            if len(stage.steps) == 1
            else f"{done}/{len(stage.steps)} {' + '.join(step.label for step in stage.steps)}"
            for stage in self.stages
            for done in range(1, len(stage.steps) + 1)
        )
