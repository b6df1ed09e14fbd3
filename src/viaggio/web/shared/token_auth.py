"""The only way into the token API: a bearer token. A session cookie opens nothing there."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from ninja.security import HttpBearer

from viaggio.web.shared.models.token import ApiToken
from viaggio.web.shared.permissions import Guard, mark
from viaggio.web.shared.roles import Right
from viaggio.web.shared.tokens import find, opens


class TokenAuth(HttpBearer):
    """`auth=TokenAuth(Right.SEE_FIGURES)` on a route: 401 without a working token, 403 without the right.

    Whoever the session cookie says is forgotten first, so that a browser's sign-in can never lift a call.
    """

    def __init__(self, right: Right) -> None:
        super().__init__()
        self.right = right

    def __call__(self, request: HttpRequest) -> Any:
        """The token when it opens the route; None becomes 401. Raises `PermissionDenied`."""
        request.user = AnonymousUser()
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Find the token and act as its person."""
        found = find(token, now=timezone.now())
        if found is None:
            return None
        if not opens(found, self.right):
            raise PermissionDenied(self.right)
        request.user = found.user
        request.api_token = found  # type: ignore[attr-defined]  # read by the audit
        return found


def also_opens(request: HttpRequest, right: Right) -> None:
    """Pass when the call's token opens this right too; raises `PermissionDenied`. For routes of several."""
    token = getattr(request, "api_token", None)
    if token is None or not opens(token, right):
        raise PermissionDenied(right)


def guarded_by_token(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Mark the views of a ninja API so that our middlewares leave them to `TokenAuth`.

    Use as `path("", (guarded_by_token(api.urls[0]), ...))`; a test asks every route without a token.
    """
    listed = list(patterns)
    for pattern in listed:
        if isinstance(pattern, URLPattern):
            mark(pattern.callback, Guard("token"))
            pattern.callback.login_required = False  # type: ignore[attr-defined]  # read by LoginRequiredMiddleware
    return listed
