"""Latent experience: the mean of each pillar at each touchpoint in each month, before chance."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import erf, sqrt
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from viaggio.demo.clock import Clock
from viaggio.demo.company import PILLARS, C, T
from viaggio.demo.model import MONTHS, Parameters, Recommend, Story
from viaggio.journey.model import CHANNELS

Floats = NDArray[np.float64]

# Mean experience, 1 to 7: personalisation, expectations, time_effort, integrity, resolution, empathy.
BASE: Mapping[str, tuple[float, ...]] = MappingProxyType({
    "campaign": (4.9, 5.2, 5.4, 5.2, 5.2, 5.0),
    "shop_browse": (5.0, 5.4, 5.3, 5.5, 5.4, 5.1),
    "search": (4.9, 5.2, 5.1, 5.4, 5.2, 5.0),
    "product_page": (5.1, 5.5, 5.4, 5.5, 5.4, 5.2),
    "advice": (5.9, 5.7, 5.4, 5.8, 5.7, 6.0),
    "test_ride": (6.0, 5.9, 5.5, 5.9, 5.8, 6.1),
    "quote": (5.6, 5.4, 5.1, 5.6, 5.4, 5.6),
    "sign_in": (5.1, 5.3, 4.9, 5.6, 5.2, 5.0),
    "cart": (5.2, 5.5, 5.4, 5.6, 5.4, 5.2),
    "checkout": (5.2, 5.5, 5.2, 5.6, 5.5, 5.2),
    "payment": (5.2, 5.6, 5.5, 5.7, 5.6, 5.3),
    "store_purchase": (5.9, 5.8, 5.5, 5.9, 5.8, 6.0),
    "marketplace_order": (4.8, 5.4, 5.6, 5.3, 5.3, 4.9),
    "order_update": (5.1, 5.5, 5.6, 5.6, 5.4, 5.2),
    "delivery": (5.2, 5.7, 5.6, 5.7, 5.6, 5.4),
    "invoice": (5.0, 5.5, 5.4, 5.6, 5.4, 5.0),
    "self_help": (4.9, 5.2, 5.2, 5.5, 5.1, 4.9),
    "help_request": (5.4, 5.2, 5.0, 5.6, 5.2, 5.7),
    "complaint": (5.0, 4.7, 4.5, 5.1, 4.7, 5.3),
    "social_question": (5.2, 5.2, 5.4, 5.3, 5.1, 5.4),
    "return": (5.0, 5.3, 5.0, 5.5, 5.4, 5.3),
    "public_review": (5.4, 5.4, 5.4, 5.4, 5.4, 5.4),
    "service_booking": (5.3, 5.5, 5.0, 5.6, 5.5, 5.3),
    "workshop_repair": (5.7, 5.6, 5.2, 5.8, 5.8, 5.8),
    "technician_visit": (5.8, 5.6, 5.4, 5.8, 5.7, 5.9),
    "service_plan": (5.4, 5.5, 5.3, 5.5, 5.5, 5.3),
    "app_garage": (5.3, 5.3, 4.9, 5.5, 5.2, 5.1),
})  # fmt: skip

# How much an experience there stays in mind.
SALIENCE: Mapping[str, float] = MappingProxyType({
    "shop_browse": 0.15, "checkout": 0.5, "store_purchase": 1.0, "test_ride": 0.6, "advice": 0.5,
    "quote": 0.7,
    "marketplace_order": 0.4, "delivery": 1.2, "invoice": 0.5, "self_help": 0.2, "help_request": 1.2,
    "complaint": 1.5, "social_question": 0.4, "return": 1.0, "service_booking": 0.4, "workshop_repair": 1.2,
    "technician_visit": 1.2, "service_plan": 0.6, "app_garage": 0.25,
})  # fmt: skip

# Probability that the pulse asks about an experience there, before the rest rule.
ASKED: Mapping[str, float] = MappingProxyType({
    "shop_browse": 0.02, "checkout": 0.15, "store_purchase": 0.6, "test_ride": 0.35, "advice": 0.45,
    "quote": 0.6,
    "marketplace_order": 0.12, "delivery": 0.9, "invoice": 0.16, "help_request": 0.85, "complaint": 0.85,
    "return": 0.8, "service_booking": 0.2, "workshop_repair": 0.5, "technician_visit": 0.5,
    "service_plan": 0.4,
    "app_garage": 0.14,
})  # fmt: skip


def story_months(story: Story) -> slice:
    """Months of a story as positions, from its first month to its last."""
    return slice(story.first_month - 1, story.last_month)


def _levels(parameters: Parameters) -> Floats:
    levels = np.repeat(np.array([BASE[slug] for slug in T])[:, :, None], MONTHS, axis=2)
    for story in parameters.stories:
        for slug in story.touchpoints:
            for pillar, size in story.shift.items():
                levels[T[slug], PILLARS.index(pillar), story_months(story)] += size
    return levels


def _channel_shift(parameters: Parameters) -> Floats:
    shift = np.zeros((len(CHANNELS), len(PILLARS), MONTHS))
    for story in parameters.stories:
        for channel in story.channels:
            for pillar, size in story.shift.items():
                shift[C[channel], PILLARS.index(pillar), story_months(story)] += size
    return shift


def _share(parameters: Parameters, story: str, usual: float, during: float) -> Floats:
    share = np.full(MONTHS, usual)
    for found in parameters.stories:
        if found.name == story:
            share[story_months(found)] = during
    return share


def vector(by_pillar: Mapping[str, float]) -> Floats:
    """Values by pillar in the order of the pillars, 0 where none is given."""
    return np.array([by_pillar.get(pillar, 0.0) for pillar in PILLARS])


@dataclass(frozen=True, slots=True)
class World:
    """All that is fixed before the first customer is drawn. Arrays: touchpoint or channel, pillar, month."""

    seed: int
    clock: Clock
    parameters: Parameters
    levels: Floats
    channel_shift: Floats
    late_share: Floats
    error_share: Floats
    weights: Floats  # of the pillars in the recommendation, made to add up to 1
    salience: Floats  # by touchpoint
    asked: Floats  # by touchpoint


def world_of(seed: int, clock: Clock, parameters: Parameters) -> World:
    """The world with these parameters."""
    weights = vector(parameters.recommend.weights)
    late, bill = parameters.delivery, parameters.billing
    return World(
        seed=seed,
        clock=clock,
        parameters=parameters,
        levels=_levels(parameters),
        channel_shift=_channel_shift(parameters),
        late_share=_share(parameters, "courier_change", late.late_share_before, late.late_share_after),
        error_share=_share(parameters, "billing_errors", bill.error_share_usual, bill.error_share_wave),
        weights=weights / weights.sum(),
        salience=np.array([SALIENCE.get(slug, 0.0) for slug in T]),
        asked=np.array([ASKED.get(slug, 0.0) for slug in T]),
    )


def experience(x: Floats, world: World) -> Floats:
    """One number per occasion: weighted mean of its pillars less the centre, in points."""
    centred: Floats = x @ world.weights - world.parameters.recommend.centre
    return centred


def item_spread(parameters: Parameters) -> float:
    """Standard deviation of an item before rounding, over B2C customers."""
    s = parameters.spread
    return sqrt(s.customer**2 + s.occasion**2 + s.pillar**2 + s.item**2)


def rounded_mean(mean: Floats, sd: float) -> Floats:
    """Mean of a normal variable rounded and kept within 1 to 7: 1 + sum over k = 2..7 of P(x > k - 0.5)."""
    upper = np.array([k - 0.5 for k in range(2, 8)])
    above = np.vectorize(lambda z: 0.5 * (1 - erf(z / sqrt(2))))((upper - mean[..., None]) / sd)
    total: Floats = 1 + above.sum(axis=-1)
    return total


def expected_answers(world: World) -> Floats:
    """Mean answer by touchpoint, pillar and month if everybody answered; channels' shifts left out."""
    sd = item_spread(world.parameters)
    mean = rounded_mean(world.levels, sd)
    mixtures = (
        ("delivery", world.late_share, world.parameters.delivery.late_shift),
        ("invoice", world.error_share, world.parameters.billing.error_shift),
    )
    for slug, share, shift in mixtures:
        level = world.levels[T[slug]]
        hurt = rounded_mean(level + vector(shift)[:, None], sd)
        mean[T[slug]] = (1 - share) * mean[T[slug]] + share * hurt
    return mean


def recommendation_of(items: Floats, recommend: Recommend, noise: Floats) -> Floats:
    """The 0-10 recommendation that answered items (rows of six) make."""
    value = recommend.at_centre + (items - recommend.centre) @ vector(recommend.weights) + noise
    whole: Floats = np.clip(np.rint(value), 0, 10)
    return whole
