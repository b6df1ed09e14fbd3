"""Nouns of the pulse that figures need already: the six pillars."""

from enum import StrEnum


class Pillar(StrEnum):
    """The six pillars of experience."""

    PERSONALISATION = "personalisation"
    EXPECTATIONS = "expectations"
    TIME_EFFORT = "time_effort"
    INTEGRITY = "integrity"
    RESOLUTION = "resolution"
    EMPATHY = "empathy"
