"""Where a request comes from."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The client's network address; behind a trusted proxy, the last one that the proxy itself saw."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.BEHIND_PROXY:
        return direct[:45]
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    return (forwarded.rsplit(",", 1)[-1].strip() or direct)[:45]
