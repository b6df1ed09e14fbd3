"""How many wrong passwords are too many, so that guessing stops and a shop behind one address can work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from viaggio.web.account.models import SignInFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Refused attempts within `window` after which we stop checking passwords.

    A person who mistypes hits `pair` and nobody else is held up; `account` stops guessing from many
    addresses; `address` stops trying many accounts and leaves room for a shop of hundreds.
    """

    window: timedelta = timedelta(minutes=15)
    pair: int = 5
    account: int = 50
    address: int = 200


LIMITS = Limits()


def account_hash(email: str) -> str:
    """A keyed hash of the e-mail: attempts may name people who have no account here."""
    return salted_hmac("viaggio.sign-in", email.strip().lower(), algorithm="sha256").hexdigest()


def time_to_wait(email: str, address: str, *, now: datetime, limits: Limits = LIMITS) -> timedelta | None:
    """How long until this account may be tried from this address again; None when it may be now."""
    recent = SignInFailure.objects.filter(at__gt=now - limits.window).order_by("-at")
    account = account_hash(email)
    queues = (
        (recent.filter(account=account, address=address), limits.pair),
        (recent.filter(account=account), limits.account),
        (recent.filter(address=address), limits.address),
    )
    waits = []
    for failures, limit in queues:
        oldest_that_counts = failures.values_list("at", flat=True)[limit - 1 : limit].first()
        if oldest_that_counts is not None:
            waits.append(oldest_that_counts + limits.window - now)
    return max(waits, default=None)


def note_failure(email: str, address: str, *, now: datetime, limits: Limits = LIMITS) -> None:
    """Remember a refused attempt, and forget those outside the window."""
    SignInFailure.objects.filter(at__lte=now - limits.window).delete()
    SignInFailure.objects.create(at=now, account=account_hash(email), address=address)


def forget_failures(email: str, address: str) -> None:
    """A right password: the mistypes before it no longer count."""
    SignInFailure.objects.filter(account=account_hash(email), address=address).delete()
