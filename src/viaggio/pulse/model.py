"""Nouns of the pulse: the six pillars, and how asking somebody ended."""

from enum import StrEnum


class Pillar(StrEnum):
    """The six pillars of experience."""

    PERSONALISATION = "personalisation"
    EXPECTATIONS = "expectations"
    TIME_EFFORT = "time_effort"
    INTEGRITY = "integrity"
    RESOLUTION = "resolution"
    EMPATHY = "empathy"


class Outcome(StrEnum):
    """How asking ended, for everybody who could have been asked: each ends as exactly one of these."""

    INVITED = "invited"  # asked; nothing is known since
    NOT_SAMPLED = "not_sampled"  # could have been asked, the draw took others
    RESTING = "resting"  # asked too recently, or the account was
    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    BOUNCED = "bounced"  # the request never arrived
    OPENED = "opened"  # seen, nothing answered
    PARTIAL = "partial"
    COMPLETE = "complete"
    REFUSED = "refused"
    EXPIRED = "expired"  # the time to answer ran out


class AskedBy(StrEnum):
    """By what means somebody is asked."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    LINK = "link"
    QR = "qr"
    KIOSK = "kiosk"
    WIDGET = "widget"
    IMPORT = "import"


class AskedUnit(StrEnum):
    """What one request is about: what could have been asked about counts in these."""

    INTERACTION = "interaction"
    ORDER = "order"
    TICKET = "ticket"
    CUSTOMER = "customer"
