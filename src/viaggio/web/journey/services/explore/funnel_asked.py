"""What a funnel's address asks: read kindly, changed by the buttons of its form, written back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.http import QueryDict

from viaggio.journey.kernels.funnel.definition import BadFunnel, Entry, Stage
from viaggio.journey.kernels.funnel.reading import read_span
from viaggio.journey.kinds import InteractionKind
from viaggio.web.journey.services.explore.words import LONGEST, read_kind, read_step

USUAL = ("phase=discovery", "phase=purchase", "phase=care")
BETWEEN = " > "
MOST_STEPS = 12
BY = ("", "segment", "region", "channel", "device", "phase", "touchpoint")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelAsked:
    """Steps as texts, such as `checkout`, `phase=purchase`, `survey + review within 2 days`.

    `within`: from the first step to the last; `without`: what ends an attempt. `bad`: what was not understood
    and left out.
    """

    steps: tuple[str, ...] = USUAL
    within: str = ""
    without: tuple[str, ...] = ()
    entry: str = "furthest"
    by: str = ""
    any_order: bool = False
    bad: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: QueryDict) -> "FunnelAsked":
        """The funnel of an address, as the form sends it (`step`, `span`) or as it is kept (`steps`)."""
        steps = _sent_steps(query) if "step" in query else query.get("steps", "").split(BETWEEN)
        given = [step.strip()[:LONGEST] for step in steps if step.strip()][: MOST_STEPS + 1]
        without = query.getlist("without") if "step" in query else query.get("without", "").split(BETWEEN)
        kinds = [text.strip()[:LONGEST] for text in without if text.strip()][:8]
        within = query.get("within", "").strip()[:40]
        bad = [text for text in given if read_step(text) is None]
        bad += [text for text in kinds if read_kind(text) is None]
        if within and read_span_or_none(within) is None:
            bad, within = [*bad, within], ""
        entry, by = query.get("entry", ""), query.get("by", "")
        good = tuple(text for text in given if read_step(text) is not None)[:MOST_STEPS]
        return cls(
            steps=good or USUAL,
            within=within,
            without=tuple(text for text in kinds if read_kind(text) is not None),
            entry=entry if entry in {e.value for e in Entry} else "furthest",
            by=by if by in BY else "",
            any_order=query.get("order", "") == "any",
            bad=tuple(bad),
        )

    def said(self) -> dict[str, str]:
        """The address' values, those alone that are not the usual ones."""
        now = {
            "steps": "" if self.steps == USUAL else BETWEEN.join(self.steps), "within": self.within,
            "without": BETWEEN.join(self.without), "entry": "" if self.entry == "furthest" else self.entry,
            "by": self.by, "order": "any" if self.any_order else "",
        }  # fmt: skip
        return {name: value for name, value in now.items() if value}

    def changed(self, what: str) -> "FunnelAsked":
        """The funnel after a button: `up-2`, `down-0`, `drop-1`; any other leaves it as it is."""
        do, _, place = what.partition("-")
        if not place.isdigit() or int(place) >= len(self.steps):
            return self
        at, steps = int(place), list(self.steps)
        if do == "drop" and len(steps) > 1:
            steps.pop(at)
        elif do in {"up", "down"}:
            to = at - 1 if do == "up" else at + 1
            if 0 <= to < len(steps):
                steps[at], steps[to] = steps[to], steps[at]
        return replace(self, steps=tuple(steps))

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The steps, read; with any order one stage of all of them."""
        read = tuple(stage for text in self.steps if (stage := read_step(text)) is not None)
        if self.any_order:
            return (Stage(steps=tuple(kind for stage in read for kind in stage.steps)),)
        return read

    @property
    def exclusions(self) -> tuple[InteractionKind, ...]:
        """What ends an attempt."""
        return tuple(kind for text in self.without if (kind := read_kind(text)) is not None)

    @property
    def window(self) -> timedelta | None:
        """Time from the first step to the last; None without one."""
        return read_span_or_none(self.within) if self.within else None

    def params(self) -> Mapping[str, object]:
        """The question's parameters, hashable."""
        return {
            "steps": self.stages, "within": self.window, "without": self.exclusions, "entry": self.entry,
            "by": self.by or None,
        }  # fmt: skip


def parts_of_step(text: str) -> tuple[str, str]:
    """A step's kinds and its window: `("survey + review", "2 days")`."""
    kinds, _, window = text.partition(" within ")
    return kinds.strip(), window.strip()


def read_span_or_none(text: str) -> timedelta | None:
    """A length of time; None for what is none."""
    try:
        return read_span(text)
    except BadFunnel:
        return None


def _sent_steps(query: QueryDict) -> Sequence[str]:
    """Steps of the form: each a `step` with the `span` at the same place; `own` is one more, in words."""
    steps, spans = query.getlist("step"), query.getlist("span")
    spans += [""] * (len(steps) - len(spans))
    made = [
        f"{step} within {span.strip()}" if step.strip() and span.strip() else step
        for step, span in zip(steps, spans, strict=False)
    ]
    return [*made, query.get("own", "")]
