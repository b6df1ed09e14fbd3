"""What is true of the sample company: the numbers that the product must later find again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MONTHS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Something that happened: levels of some touchpoints or channels move from one month to another.

    Months count from 1 to 24; `last_month` is included. `shift` is in points of the 1-7 scale, by pillar.
    """

    name: str
    first_month: int
    last_month: int = MONTHS
    touchpoints: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    shift: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Deliveries later than the promised day, and what a late one does to the experience of it."""

    late_share_before: float = 0.06
    late_share_after: float = 0.18
    late_shift: Mapping[str, float] = field(
        default_factory=lambda: {
            "expectations": -1.5, "time_effort": -0.7, "integrity": -0.6, "resolution": -0.5, "empathy": -0.3,
        }
    )  # fmt: skip
    ticket_share_late: float = 0.35
    ticket_share_on_time: float = 0.035


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """Invoices with an error, and what one does to the experience of it."""

    error_share_usual: float = 0.008
    error_share_wave: float = 0.09
    error_shift: Mapping[str, float] = field(
        default_factory=lambda: {
            "integrity": -1.4,
            "expectations": -0.9,
            "resolution": -0.5,
            "time_effort": -0.6,
        }
    )
    ticket_share_error: float = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Standard deviations of an experience, in points of the 1-7 scale."""

    customer: float = 0.45  # stays with the person
    account: float = 0.3  # shared by the contacts of an account
    occasion: float = 0.55  # common to the six pillars of one occasion
    pillar: float = 0.7  # own to one pillar on one occasion
    item: float = 0.45  # what another item on the same pillar would not repeat


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommend:
    """How answered pillar items make the recommendation (0-10), satisfaction (1-5) and ease (1-7).

    recommend = at_centre + sum of weights * (item - centre) + Normal(0, noise), rounded, kept within 0-10.
    """

    weights: Mapping[str, float] = field(
        default_factory=lambda: {
            "personalisation": 0.15, "expectations": 0.42, "time_effort": 0.3, "integrity": 0.34,
            "resolution": 0.44, "empathy": 0.25,
        }
    )  # fmt: skip
    centre: float = 5.4
    at_centre: float = 8.3
    noise: float = 0.8
    satisfaction_at_centre: float = 4.1
    satisfaction_per_point: float = 0.62
    satisfaction_noise: float = 0.45
    ease_at_centre: float = 5.4
    ease_time_effort: float = 0.8
    ease_noise: float = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What experience does; `mood` is the memory of experiences, in points around `Recommend.centre`.

    mood(next month) = (1 - share) * mood + share * mean, where `mean` is the salience-weighted mean of the
    month's experiences, each the weighted mean of its pillars (weights as in `Recommend`, made to add up to
    1) less the centre, and share = (1 - keep) * min(1, the month's total salience). A month without an
    experience lets the mood fade: mood(next) = fade * mood.
    """

    keep: float = 0.65
    fade: float = 0.97
    churn_a_month: float = 0.015
    churn_log_odds: float = -1.2  # of ending the service plan in a month, per point of mood
    cart_log_odds: float = 0.4  # of putting something into the cart or buying in the store, per point of mood
    extra_lines_log: float = 0.3  # log of the mean number of further lines in an order, per point of mood
    resolve_at_5: float = 0.72  # a contact resolves the cause, at a resolution experience of 5
    resolve_log_odds: float = 0.8  # per point of the contact's resolution experience
    again_shift: float = -0.35  # on every pillar, for each time the customer had to come back
    repeat_if_unresolved: float = 0.78  # else the customer gives up
    referrals_a_month: float = 0.006  # recommendations that bring somebody, at mood 0
    referral_log: float = 0.9  # per point of mood
    review_share: float = 0.018  # of experiences that are written about in public, at the centre
    review_log_good: float = 0.35  # per point above the centre
    review_log_bad: float = 1.1  # per point below: bad word travels more
    post_share: float = 0.004
    quote_log_odds: float = 0.5  # of winning a quote, per point of its experience
    pay_log_odds: float = 0.5  # of finishing the checkout, per point of its time and effort


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whom the pulse asks and who answers.

    P(answer | asked) = logistic(intercept + experience * (experience - centre) + segment, app, english).
    """

    rest_days: int = 30
    intercept: float = -1.3
    experience: float = 0.3
    b2b: float = -0.25
    app: float = 0.2
    english: float = -0.1
    comment_share: float = 0.38
    control_share: float = 0.1  # of care responses that also hold the control question


@dataclass(frozen=True, slots=True, kw_only=True)
class Begging:
    """A team that asks for good scores: whom it lets the pulse ask, and what happens to the answers."""

    team: str = "care-coral"
    first_month: int = 13
    invite_hard: float = 0.35  # factor on the probability of asking after a hard contact
    invite_easy: float = 1.15
    begged_share: float = 0.45  # of answers given after a plea
    recommend_lift: float = 2.0
    item_lift: float = 1.0
    control_yes: float = 0.6  # of begged customers who say so when asked
    control_yes_elsewhere: float = 0.01
    comment_share: float = 0.15  # of begged customers' comments that mention the plea


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Everything that was planted."""

    delivery: Delivery = field(default_factory=Delivery)
    billing: Billing = field(default_factory=Billing)
    spread: Spread = field(default_factory=Spread)
    recommend: Recommend = field(default_factory=Recommend)
    effects: Effects = field(default_factory=Effects)
    asking: Asking = field(default_factory=Asking)
    begging: Begging = field(default_factory=Begging)
    stories: tuple[Story, ...] = (
        Story(
            name="courier_change",
            first_month=14,
            touchpoints=("delivery",),
            shift={"expectations": -0.5, "time_effort": -0.35, "resolution": -0.25, "empathy": -0.25,
                   "integrity": -0.15},
        ),
        Story(
            name="billing_errors",
            first_month=9,
            last_month=11,
            touchpoints=("invoice",),
            shift={"integrity": -0.5, "expectations": -0.3, "resolution": -0.3},
        ),
        Story(
            name="app_release",
            first_month=17,
            channels=("app",),
            shift={"time_effort": 0.6, "personalisation": 0.25, "expectations": 0.15, "resolution": 0.15},
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """The planted parameters and what came of them; `truth.json` beside the files holds the same.

    `latent[touchpoint][pillar]` is the mean experience by month on the 1-7 scale for the usual channel,
    with `channel_shift[channel][pillar]` to be added; `expected_answer` is the mean of the answered item
    (rounded, kept within 1-7, late and wrong cases mixed in) if everybody answered and nobody begged.
    """

    seed: int
    scale: int
    start: str
    end: str
    months: tuple[str, ...]
    parameters: Parameters
    latent: Mapping[str, Mapping[str, tuple[float, ...]]]
    channel_shift: Mapping[str, Mapping[str, tuple[float, ...]]]
    expected_answer: Mapping[str, Mapping[str, tuple[float, ...]]]
    asked_share: Mapping[str, float]
    salience: Mapping[str, float]
    realised: Mapping[str, Any]
