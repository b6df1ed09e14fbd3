"""Nouns of fielding: whom a pulse asks, when, how often, over what; and what became of everybody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

from viaggio.kernel import EVERYBODY, Population
from viaggio.pulse.model import AskedBy, AskedUnit, Outcome

WaveLength = Literal["week", "month", "quarter"]
Every = Literal["week", "month"]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]

HOUR = 3_600_000_000
"""Microseconds of an hour."""
DAY = 24 * HOUR

FRAME_DIMENSIONS = ("phase", "touchpoint", "channel", "segment", "region", "language", "source")
"""What a plan can restrict or stratify the frame by."""

REACHED_BY = (AskedBy.EMAIL, AskedBy.SMS, AskedBy.WHATSAPP)
"""Channels over which we turn to somebody; the others wait for people to come."""


class PulseKind(StrEnum):
    """What makes a pulse ask."""

    EVENT = "event"  # something happened to a customer
    PERIODIC = "periodic"  # a share of the base, again and again
    OPEN = "open"  # a link that hangs somewhere: nobody is drawn


class Event(StrEnum):
    """After what an event pulse asks."""

    DELIVERY = "delivery"  # an order was delivered
    PAYMENT = "payment"  # an order was paid
    TICKET = "ticket"  # a request for care came to its end
    REPAIR = "repair"  # a piece of upkeep came to its end
    INTERACTION = "interaction"  # any interaction at the touchpoints named


UNIT_OF: Mapping[Event, AskedUnit] = MappingProxyType({
    Event.DELIVERY: AskedUnit.ORDER,
    Event.PAYMENT: AskedUnit.ORDER,
    Event.TICKET: AskedUnit.TICKET,
    Event.REPAIR: AskedUnit.INTERACTION,
    Event.INTERACTION: AskedUnit.INTERACTION,
})  # fmt: skip
"""What one request of such a pulse is about."""


class Consent(StrEnum):
    """What a customer must have said before we ask."""

    STATED = "stated"  # yes to surveys
    NOT_REFUSED = "not_refused"  # anything but no


class Reason(StrEnum):
    """Why asking ended as it did, more closely than the outcome says."""

    NONE = ""
    DRAWN_OTHERS = "drawn_others"
    REFUSED = "refused"  # said no to surveys
    NEVER_ASKED = "never_asked"  # never said yes or no
    UNSUBSCRIBED = "unsubscribed"
    NO_CUSTOMER = "no_customer"
    NO_ADDRESS = "no_address"
    ADDRESS_FAILED = "address_failed"  # mail to it came back before
    PERSON = "person"  # the person was asked too recently, about anything
    PERSON_TYPE = "person_type"  # or about this kind of thing
    ACCOUNT = "account"
    ACCOUNT_TYPE = "account_type"
    QUOTA_FULL = "quota_full"
    EXPIRED = "expired"
    PULSE_ENDED = "pulse_ended"  # drawn, and the pulse ended before the hour came


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When we write to people, in the company's zone: from `first` to before `last` o'clock on `weekdays`.

    Monday is 1. What falls due outside waits for the next such hour.
    """

    first: int = 9
    last: int = 20
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """The event, and how long after it we ask.

    Empty `touchpoints` and `outcomes` mean all. What we learn of later than `look_back_days` after the delay
    is not asked about any more.
    """

    event: Event
    touchpoints: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    delay_hours: int = 24
    look_back_days: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How many of the frame are drawn: everybody, a share, or a number; alike, or stratum by stratum.

    Exactly one of `rate` (0 to 1) and `size` is set. With `by`, `rates` or `sizes` say it for some strata and
    `rate` or `size` for each of the others.
    """

    rate: float | None = 1.0
    size: int | None = None
    by: str = ""
    rates: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    sizes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """How many days a person and an account are left alone before this pulse asks them.

    `person` and `account` count from whatever they were asked last, over all pulses and channels;
    `person_type` and `account_type` from the last request of the same survey type. 0 is no rule. With
    `reminders_count` a reminder starts the time again, and waits itself for what others asked meanwhile.
    """

    person: int = 30
    person_type: int = 90
    account: int = 0
    account_type: int = 0
    reminders_count: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """At most `most` reminders, each so many days after the request or the reminder before."""

    after_days: int = 5
    most: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaRule:
    """At most so many responses of all, or of those that fit `where`."""

    name: str
    limit: int
    where: Population = EVERYBODY
    hold_minutes: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Whom a pulse asks, when and how; what stands in the record `Pulse.plan`.

    `trigger` is set for event pulses, `every` for periodic ones. A periodic pulse asks those who were active
    in the last `active_days` (0: all persons known). `thanks`: who has answered is thanked by a message.
    """

    kind: PulseKind
    trigger: Trigger | None = None
    every: Every | None = None
    active_days: int = 0
    where: Population = EVERYBODY
    sample: Sample = Sample()
    consent: Consent = Consent.STATED
    hours: Hours = Hours()
    rest: Rest = Rest()
    reminders: Reminders = Reminders()
    thanks: bool = False
    channels: tuple[AskedBy, ...] = (AskedBy.EMAIL,)
    languages: tuple[str, ...] = ("it", "en")
    wave: WaveLength = "month"
    expires_days: int = 21
    quotas: tuple[QuotaRule, ...] = ()

    @property
    def unit(self) -> AskedUnit:
        """What one request is about."""
        return UNIT_OF[self.trigger.event] if self.trigger else AskedUnit.CUSTOMER

    @property
    def pay_base(self) -> bool:
        """Whether figures from it may carry pay: never where a quota chose who was heard."""
        return not self.quotas


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFinding:
    """What is wrong with a plan (`stops`: it can not run) or weak; `place` such as `trigger.delay_hours`."""

    code: str
    place: str
    stops: bool = True
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """Everybody who could be asked now: one row per unit, as columns of equal length.

    `customer` and `account` are identity keys, 0 where there is none; `eligible_at` in UTC microseconds: the
    event and the delay. `consent` is 1 for yes, 0 for no, -1 for never said. `stopped` names the addresses
    that must not be written to: `refused` by their owner, or `bounced`. Texts are empty where nothing is
    known.
    """

    about: Texts
    customer: Ints
    account: Ints
    eligible_at: Ints
    touchpoint: Texts
    phase: Texts
    channel: Texts
    segment: Texts
    region: Texts
    language: Texts
    source: Texts
    consent: npt.NDArray[np.int8]
    email: Texts
    phone: Texts
    stopped: Mapping[str, Outcome] = field(default_factory=lambda: MappingProxyType({}))

    def __len__(self) -> int:
        return len(self.about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """When persons and accounts were last asked, in UTC microseconds, by key.

    `person` and `account`: about anything; `person_type` and `account_type`: by the survey type of the pulse
    that draws. A moment may lie ahead: what is drawn and waits for its hour counts as asked then.
    """

    person: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    person_type: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    account: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    account_type: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """What a draw decided: one row per row of the frame, in its order.

    `outcome` is `invited` for those who are asked. `probability` is that of being drawn, NaN for those who
    were not in the draw (no consent, no address). `due_at` (UTC microseconds), `asked_by`, `address` are set
    for those who are invited.
    """

    outcome: Texts
    reason: Texts
    stratum: Texts
    probability: Floats
    due_at: Ints
    asked_by: Texts
    address: Texts

    @property
    def invited(self) -> Ints:
        """Places of those who are asked."""
        return np.flatnonzero(self.outcome == Outcome.INVITED)
