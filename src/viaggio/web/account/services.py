"""What happens to an account: made, signed in, changed. Each write is one function and one audit row."""

from datetime import datetime

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from viaggio.web.account import throttle
from viaggio.web.account.models import UserSession
from viaggio.web.shared.address import address_of
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.persons import create_user
from viaggio.web.shared.roles import Role


class MustWait(Exception):
    """Too many wrong passwords; `seconds` until the next try."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def setup_token() -> str:
    """The word that proves to the first-run page that one can read the server's output."""
    return salted_hmac("viaggio.first-run", "owner", algorithm="sha256").hexdigest()[:32]


def is_first_run() -> bool:
    """Whether nobody has an account yet."""
    return not User.objects.exists()


@transaction.atomic
def create_owner(
    request: HttpRequest, *, token: str, email: str, name: str, password: str, language: str
) -> User:
    """Make the first person, the owner, and sign in. Raises `PermissionDenied` with a wrong token."""
    if not constant_time_compare(token, setup_token()) or not is_first_run():
        raise PermissionDenied
    user = create_user(email, name=name, roles=[Role.OWNER], password=password, language=language)
    open_session(request, user, now=user.joined_at)
    return user


def open_session(request: HttpRequest, user: User, *, now: datetime) -> None:
    """Sign this person in, under a new session key."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session["agent"] = request.headers.get("User-Agent", "")[:200]
    request.session["address"] = address_of(request)
    request.session["started"] = now.isoformat()
    record(request, "account.signed_in", user.email)


def sign_in(request: HttpRequest, *, email: str, password: str, now: datetime) -> User | None:
    """Check the password and sign in; None when it is wrong. Raises `MustWait` before checking anything."""
    address = address_of(request)
    wait = throttle.time_to_wait(email, address, now=now)
    if wait is not None:
        raise MustWait(max(1, int(wait.total_seconds())))
    user = authenticate(request, username=email, password=password)
    with transaction.atomic():
        if not isinstance(user, User):
            throttle.note_failure(email, address, now=now)
            record(request, "account.refused", throttle.account_hash(email)[:16])
            return None
        throttle.forget_failures(email, address)
        open_session(request, user, now=now)
    return user


@transaction.atomic
def sign_out(request: HttpRequest) -> None:
    """End this session."""
    record(request, "account.signed_out", getattr(request.user, "email", ""))
    logout(request)


@transaction.atomic
def choose_password(request: HttpRequest, user: User, *, password: str, now: datetime) -> None:
    """Set the password through an invitation link, end every session of before, and sign in."""
    user.set_password(password)
    user.save(update_fields=["password", "name", "language"])
    UserSession.objects.filter(user=user).delete()
    record(user, "account.password.chosen", user.email)
    open_session(request, user, now=now)


@transaction.atomic
def change_password(request: HttpRequest, user: User, *, password: str) -> None:
    """Change the own password; other sessions end, this one stays."""
    user.set_password(password)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key).delete()
    record(request, "account.password.changed", user.email)


@transaction.atomic
def change_profile(user: User, *, name: str, language: str) -> None:
    """Save the own name and language."""
    user.name, user.language = name, language
    user.save(update_fields=["name", "language"])
    record(user, "account.profile.changed", user.email)


def set_preference(user: User, *, language: str | None = None, theme: str | None = None) -> None:
    """Keep language or theme with the person; no audit, it concerns nobody else."""
    if language:
        user.language = language
        user.save(update_fields=["language"])
    if theme:
        user.theme = theme
        user.save(update_fields=["theme"])


@transaction.atomic
def end_session(session: UserSession, *, by: User) -> None:
    """Sign a browser out."""
    session.delete()
    record(by, "account.session.ended", by.email, address=session.address)
