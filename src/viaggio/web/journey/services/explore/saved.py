"""Saved views: a person's names for addresses of the explorer."""

from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.utils.translation import gettext as _

from viaggio.web.journey.models import SavedView
from viaggio.web.shared.models import User

MOST = 60
LEFT_OUT = frozenset({"format", "table", "csrfmiddlewaretoken"})


class NoView(Exception):
    """What can not be kept; the text says why, in the reader's language."""


def saved_views(user: User) -> list[SavedView]:
    """The person's own views, by name."""
    return list(SavedView.objects.filter(user=user))


def keep_view(user: User, name: str, address: str, *, now: datetime) -> SavedView:
    """Keep an address of the explorer under a name, in the place of one of that name; raises `NoView`."""
    name = name.replace("\0", "").strip()[:80]
    if not name:
        raise NoView(_("Give the view a name."))
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path.startswith("/journeys/"):
        raise NoView(_("Only pages of the journeys can be kept."))
    query = urlencode([pair for pair in parse_qsl(parts.query) if pair[0] not in LEFT_OUT], safe=",")
    whole = f"{parts.path}?{query}" if query else parts.path
    if len(whole) > 4000 or SavedView.objects.filter(user=user).exclude(name=name).count() >= MOST:
        raise NoView(_("There is no room for it: take out a view that you do not need."))
    kept, _made = SavedView.objects.update_or_create(
        user=user, name=name, defaults={"address": whole, "made_at": now}
    )
    return kept


def drop_view(user: User, pk: int) -> bool:
    """Take out one of the person's views; whether there was one."""
    return SavedView.objects.filter(user=user, pk=pk).delete()[0] > 0
