"""Nouns of a designed journey: steps, and the moves between them that are as they should be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from viaggio.kernel import ViaggioError


class BadDesign(ViaggioError):
    """A designed journey that can not be followed."""

    code = "journey.design.bad"


@dataclass(frozen=True, slots=True)
class Step:
    """A step and the touchpoints that are it, one at least."""

    name: str
    touchpoints: tuple[str, ...]


@dataclass(frozen=True)
class Design:
    """Steps in the order they were given, moves between them by name, where it may start and end.

    Staying in a step is no move. After an end the journey may begin again.
    """

    name: str
    steps: tuple[Step, ...]
    moves: tuple[tuple[str, str], ...]
    starts: tuple[str, ...]
    ends: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what can not be followed: raises `BadDesign` with the step in question."""
        names = [step.name for step in self.steps]
        if not self.steps or not self.starts or not self.ends:
            raise BadDesign("a designed journey has a step, a start and an end", place=self.name)
        self._check_touchpoints()
        said = [("move", n) for move in self.moves for n in move]
        said += [("start", n) for n in self.starts] + [("end", n) for n in self.ends]
        for what, name in said:
            if name not in names:
                hint = f"Steps: {', '.join(names)}."
                raise BadDesign(f"a {what} names '{name}', which is no step", place=name, hint=hint)
        lost = [name for name in names if name not in self.starts and not self._reached(self.starts, name)]
        if lost:
            raise BadDesign(f"no way leads from a start to {', '.join(lost)}", place=lost[0])

    def _check_touchpoints(self) -> None:
        owner: dict[str, str] = {}
        for number, step in enumerate(self.steps):
            if step.name in {other.name for other in self.steps[:number]}:
                raise BadDesign(f"step '{step.name}' occurs twice", place=step.name)
            if not step.touchpoints:
                raise BadDesign(f"step '{step.name}' has no touchpoint", place=step.name)
            for touchpoint in step.touchpoints:
                if owner.setdefault(touchpoint, step.name) != step.name:
                    told = f"touchpoint '{touchpoint}' is two steps: {owner[touchpoint]} and {step.name}"
                    raise BadDesign(told, place=step.name)

    def _reached(self, origins: Iterable[str], target: str) -> bool:
        return any(target in self.beyond[origin] for origin in origins)

    @cached_property
    def nexts(self) -> Mapping[str, tuple[str, ...]]:
        """The steps that may follow each step."""
        return {s.name: tuple(b for a, b in self.moves if a == s.name and b != a) for s in self.steps}

    @cached_property
    def beyond(self) -> Mapping[str, Mapping[str, int]]:
        """Moves from each step to every step that can be reached from it, by the shortest way; itself not."""
        found = {}
        for step in self.steps:
            away, edge = {step.name: 0}, [step.name]
            while edge:
                new = {b: away[a] + 1 for a in edge for b in self.nexts[a] if b not in away}
                away |= new
                edge = list(new)
            found[step.name] = {name: moves for name, moves in away.items() if moves}
        return found

    def between(self, origin: str, target: str) -> tuple[str, ...]:
        """The steps of the shortest way from one step to another, those two left out; of equals the first."""
        here, passed = origin, list[str]()
        while target not in self.nexts[here]:
            ways = {name: self.beyond[name].get(target) for name in self.nexts[here]}
            here = min((name for name, moves in ways.items() if moves), key=lambda name: ways[name] or 0)
            passed.append(here)
        return tuple(passed)
