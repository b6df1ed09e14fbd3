"""The list of addresses that are not written to: looked up, added to and taken from by hand."""

import secrets
from datetime import datetime
from typing import cast

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from viaggio.web.shared.audit import record
from viaggio.web.shared.models import Suppression, User
from viaggio.web.shared.navigation import company_name
from viaggio.web.shared.permissions import Person, allow
from viaggio.web.shared.post.queue import post
from viaggio.web.shared.post.suppression import digest_of, release, suppress, suppressed
from viaggio.web.shared.roles import Right


def look_up(address: str, *, by: Person) -> Suppression | None:
    """Whether an address is on the list; looked up by its digest, and the look is recorded by it."""
    allow(by, Right.MANAGE_CONNECTIONS)
    record(by, "connections.address.looked_up", _mark(address))
    return suppressed(address)


@transaction.atomic
def stop(address: str, *, by: Person, now: datetime) -> bool:
    """Put an address on the list; False when it stands there."""
    allow(by, Right.MANAGE_CONNECTIONS)
    added = suppress(address, "by_hand", origin=f"user:{by.pk}", now=now)
    if added:
        record(by, "connections.address.stopped", _mark(address))
    return added


@transaction.atomic
def let_go(address: str, *, by: Person) -> bool:
    """Take an address off the list; False when it was not on it, or its owner asked for it.

    Who unsubscribed or complained stays on the list: only that person can change it.
    """
    allow(by, Right.MANAGE_CONNECTIONS)
    known = suppressed(address)
    if known is None or known.kind in {"unsubscribed", "complained"}:
        return False
    release(address)
    record(by, "connections.address.released", _mark(address))
    return True


@transaction.atomic
def test_mail(*, by: Person, now: datetime) -> None:
    """Queue a mail to oneself."""
    allow(by, Right.MANAGE_CONNECTIONS)
    user = cast("User", by)
    with translation.override(user.language):
        words = {
            "subject": _("A test mail from Viaggio"),
            "text": _("If you read this, mail works. It was sent from the page “Connections”.") + "\n",
            "from_name": company_name(),
        }
    key = f"test:{user.pk}:{secrets.token_hex(8)}"
    post("mail", key, to=user.email, payload=words, due_at=now, now=now)
    record(by, "connections.mail.tested", user.email)


def _mark(address: str) -> str:
    """Enough of the digest to find the row again, and no address."""
    return f"address {digest_of(address)[:16]}"
