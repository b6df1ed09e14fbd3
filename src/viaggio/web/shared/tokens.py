"""API tokens: made once, shown once, kept as a hash; what they open is what both token and person may do."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from viaggio.web.shared.audit import record
from viaggio.web.shared.models.token import ApiToken
from viaggio.web.shared.permissions import Person, allow
from viaggio.web.shared.roles import Right, rights_of

MARK = "vgo_"  # so that scanners of leaked secrets can know one
SCOPES = (
    Right.SEE_FIGURES,
    Right.SEE_CUSTOMERS,
    Right.ERASE_CUSTOMERS,
    Right.SEE_DATA,
    Right.IMPORT_DATA,
    Right.EXPORT,
    Right.MANAGE_PULSES,
    Right.MANAGE_CONNECTIONS,
    Right.SEE_OWN_STATEMENT,
    Right.SEE_PLANS,
    Right.DESIGN_PLANS,
    Right.RUN_INCENTIVES,
    Right.APPROVE_PAY,
    Right.EXPORT_PAYROLL,
)
"""Rights that a program may be given."""
USED_EVERY = timedelta(minutes=10)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def scopes_for(roles: Iterable[str]) -> tuple[Right, ...]:
    """The scopes that a person of these roles may hand to a program."""
    own = rights_of(roles)
    return tuple(right for right in SCOPES if right in own)


@transaction.atomic
def issue(
    user: Person, *, name: str, scopes: Iterable[Right], lifetime: timedelta, now: datetime
) -> tuple[ApiToken, str]:
    """Make a token of this person; returns it and the secret, kept nowhere. Raises `PermissionDenied`."""
    allow(user, Right.USE_API)
    granted = [scope for scope in scopes_for(user.roles) if scope in set(scopes)]
    secret = MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user_id=user.pk,
        name=name,
        prefix=secret[: len(MARK) + 8],
        digest=_digest(secret),
        scopes=[str(scope) for scope in granted],
        created_at=now,
        expires_at=now + lifetime,
    )
    record(user, "account.token.made", token.prefix, name=name, scopes=list(token.scopes))
    return token, secret


@transaction.atomic
def revoke(token: ApiToken, *, by: Person, now: datetime) -> None:
    """End a token; a second time changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        record(by, "account.token.revoked", token.prefix, name=token.name)


def find(secret: str, *, now: datetime) -> ApiToken | None:
    """The working token of this secret, else None; notes, now and then, that it was used."""
    if not secret.startswith(MARK):
        return None
    token = ApiToken.objects.select_related("user").filter(prefix=secret[: len(MARK) + 8]).first()
    if token is None or not hmac.compare_digest(token.digest, _digest(secret)) or not token.works(now):
        return None
    if token.used_at is None or now - token.used_at > USED_EVERY:
        token.used_at = now
        token.save(update_fields=["used_at"])
    return token


def opens(token: ApiToken, right: Right) -> bool:
    """Whether the token was given this right and its person still has it, and may use the API at all."""
    own = rights_of(token.user.roles)
    return Right.USE_API in own and right in own and (right is Right.USE_API or right in token.scopes)
