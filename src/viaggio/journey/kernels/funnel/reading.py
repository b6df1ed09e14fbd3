"""Funnels as people write them: `basket`, `survey + review`, `phase=purchase within 2 days`."""

import re
from datetime import timedelta

from viaggio.journey.filter.units import LENGTH_HINT, micros_of
from viaggio.journey.kernels.funnel.definition import BadFunnel, Stage
from viaggio.journey.kinds import InteractionKind

_SHORT = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_span(text: str) -> timedelta:
    """A length of time: `7 days`, `36h`. Raises `BadFunnel`."""
    match = re.fullmatch(r"\s*([0-9]+)\s*([a-z]+)\s*", text.lower())
    micros = micros_of(match[1], _SHORT.get(match[2], match[2])) if match else None
    if micros is None:
        raise BadFunnel(f"'{text}' is no length of time", hint=LENGTH_HINT)
    return timedelta(microseconds=micros)


def read_stage(text: str) -> Stage:
    """A stage: a kind of interaction, several joined by ` + ` in any order, then ` within ` a time.

    Raises `BadFunnel` and `BadKind`.
    """
    steps, _, window = text.partition(" within ")
    span = read_span(window) // timedelta(microseconds=1) if window else None
    kinds = tuple(InteractionKind.parse(step.strip()) for step in steps.split(" + "))
    return Stage(steps=kinds, within_micros=span)
