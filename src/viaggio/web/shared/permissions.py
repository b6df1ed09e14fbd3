"""Closed by default: a view answers only when it says which right it needs, or that it is open to all.

`@needs(Right.SEE_FIGURES)` or `@open_to_all` goes on every view; `GuardMiddleware` refuses a view that has
neither, and a test walks all addresses. Routes of the token API carry their right in `needs_token`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, Protocol, cast

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from viaggio.kernel import Population
from viaggio.web.shared.roles import Right, Role, population_of, rights_of

__all__ = ["Guard", "Right", "Role", "allow", "guard_of", "may", "needs", "open_to_all", "scope_of"]

View = Callable[..., HttpResponseBase]
_MARK = "viaggio_guard"


class Person(Protocol):
    """Who asks, as far as permissions go."""

    pk: Any
    email: str
    roles: list[str]
    function: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Guard:
    """How a view is guarded; `right` is None when it is open to all or guarded by a token."""

    kind: Literal["right", "open", "token"]
    right: Right | None = None


def may(user: Person | AnonymousUser, right: Right) -> bool:
    """Whether this person has the right; nobody and deactivated people have none.

    Everybody who signs in may use the own account, also before a role was given.
    """
    if isinstance(user, AnonymousUser) or not user.is_active:
        return False
    return right is Right.OWN_ACCOUNT or right in rights_of(user.roles)


def allow(user: Person | AnonymousUser, right: Right) -> None:
    """Pass, or raise `PermissionDenied`; for services, which may be called from several faces."""
    if not may(user, right):
        raise PermissionDenied(right)


def scope_of(user: Person | AnonymousUser) -> Population:
    """The rows that this person may see, to be narrowed further by the page's filters."""
    if isinstance(user, AnonymousUser):
        return population_of([Role.HEAD_OF_FUNCTION], "")
    return population_of(user.roles, user.function)


def mark(view: View, guard: Guard) -> None:
    """Write on a view how it is guarded."""
    setattr(view, _MARK, guard)


def guard_of(view: object) -> Guard | None:
    """How a view is guarded; None when nobody said."""
    return cast("Guard | None", getattr(view, _MARK, None))


def needs(right: Right) -> Callable[[View], View]:
    """Guard a view: signed-in people without the right get 403."""

    def guarded(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            allow(request.user, right)
            return view(request, *args, **kwargs)

        mark(answer, Guard("right", right))
        return answer

    return guarded


def open_to_all(view: View) -> View:
    """Let anybody in, signed in or not: sign-in, health, language."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    mark(answer, Guard("open"))
    return cast("View", login_not_required(answer))
