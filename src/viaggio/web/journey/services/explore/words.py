"""How kinds of interactions, stages and places are called, and the choices of their selects."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from viaggio.journey.filter import Among, Condition, all_of
from viaggio.journey.kernels.funnel.definition import BadFunnel, Stage
from viaggio.journey.kernels.funnel.reading import read_stage
from viaggio.journey.kernels.touchpoint_steps import ENTERED, LEFT, OTHERS
from viaggio.journey.kinds import BadKind, InteractionKind
from viaggio.web.journey.services.flows import desk_journeys
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.filters import Option
from viaggio.web.shared.names import CHANNELS, PHASES, dimension_name

LONGEST = 400  # characters of one step


@dataclass(frozen=True, slots=True)
class Choices:
    """Entries of a select under one heading."""

    label: str
    options: tuple[Option, ...]


def read_step(text: str) -> Stage | None:
    """The stage that a text says; None where it says none."""
    try:
        return read_stage(text[:LONGEST]) if text.strip() else None
    except (BadFunnel, BadKind):
        return None


def read_kind(text: str) -> InteractionKind | None:
    """The kind that a text says; None where it says none."""
    try:
        return InteractionKind.parse(text[:LONGEST]) if text.strip() else None
    except BadKind:
        return None


def kind_condition(kind: InteractionKind) -> Condition:
    """A kind of interactions in the filter language."""
    return all_of(Among(column, values) for column, values in kind.asked())


def kind_words(desk: Desk, kind: InteractionKind) -> str:
    """What people call a kind: names of touchpoints, phases, channels."""
    asked = [_(" or ").join(desk.filters.say(column, v) for v in values) for column, values in kind.asked()]
    return ", ".join(asked) or _("any interaction")


def stage_words(desk: Desk, stage: Stage) -> str:
    """What people call a stage, without its window."""
    return " + ".join(kind_words(desk, kind) for kind in stage.steps)


def step_names(desk: Desk, stages: Iterable[Stage]) -> list[str]:
    """One name for each step of a funnel, in the order of its result: stages in any order have several."""
    names = []
    for stage in stages:
        words, n = stage_words(desk, stage), len(stage.steps)
        names += [words] if n == 1 else [f"{done}/{n} {words}" for done in range(1, n + 1)]
    return names


def place_words(desk: Desk, name: str | None, dimension: str = "touchpoint") -> str:
    """What people call a place of a flow or a path."""
    special = {OTHERS: _("other touchpoints"), LEFT: _("nothing more"), ENTERED: _("beginning")}
    if name in special:
        return special[name]
    return desk.filters.say(dimension, name) if name else _("not stated")


def kind_choices(desk: Desk, chosen: str, *, empty: str = "") -> list[Choices]:
    """What occurs, under headings, as a step or an anchor; what was written by hand is kept as an entry."""
    say, held, codes = desk.filters.say, desk.extent, desk_journeys(desk).codes
    touchpoints = [t for t in held.touchpoints if t in codes.touchpoint]
    groups = [
        Choices(_("Touchpoints"), _options(chosen, [(t, say("touchpoint", t)) for t in touchpoints])),
        Choices(
            dimension_name("phase"),
            _options(chosen, [(f"phase={p}", str(n)) for p, n in PHASES.items() if p in codes.phase]),
        ),
        Choices(
            dimension_name("channel"),
            _options(
                chosen,
                [(f"channel={c}", str(CHANNELS.get(c, c))) for c in held.channels if c in codes.channel],
            ),
        ),
    ]
    known = {option.value for group in groups for option in group.options}
    own = [Option("", empty, not chosen)] if empty else []
    if chosen and chosen not in known:
        stage = read_step(chosen)
        own.append(Option(chosen, stage_words(desk, stage) if stage else chosen, chosen=True))
    return ([Choices("", tuple(own))] if own else []) + [group for group in groups if group.options]


def _options(chosen: str, entries: Iterable[tuple[str, str]]) -> tuple[Option, ...]:
    return tuple(Option(value, label, value == chosen) for value, label in entries)
