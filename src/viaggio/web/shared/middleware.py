"""What happens around every request: the person's language and theme, and the guard of every view."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from viaggio.web.shared.permissions import guard_of

logger = logging.getLogger("viaggio.web")

Answer = Callable[[HttpRequest], HttpResponse]


class PreferencesMiddleware:
    """Speak the signed-in person's language and note, now and then, when the session was last used."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the person's language."""
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
            now = int(time.time())
            if now - request.session.get("seen", 0) >= settings.SESSION_SEEN_EVERY:
                request.session["seen"] = now
        response = self.get_response(request)
        response.headers["Content-Language"] = translation.get_language()
        if request.user.is_authenticated:  # figures and names do not belong in a shared cache
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class GuardMiddleware:
    """Refuse a view that does not say who may see it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the work is done when the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, _args: Any, _kwargs: Any) -> None:
        """Raise `PermissionDenied` for a view without a guard."""
        if guard_of(view) is None:
            logger.error(
                "The view at %s says neither which right it needs nor that it is open.", request.path
            )
            raise PermissionDenied
