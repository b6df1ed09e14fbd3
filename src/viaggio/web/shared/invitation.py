"""One-time links with which a person chooses a password: for the invited, and for who forgot it.

The link is signed over the person's present password and last sign-in, so it works once and not after
`PASSWORD_RESET_TIMEOUT` seconds; nothing is stored.
"""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from viaggio.web.shared.models import User


class InvitationTokens(PasswordResetTokenGenerator):
    """Django's signed one-time tokens under our own key."""

    key_salt = "viaggio.invitation"


_TOKENS = InvitationTokens()


def link_for(user: User, request: HttpRequest) -> str:
    """The address to hand to this person; whoever holds it may choose the password."""
    person = urlsafe_base64_encode(str(user.pk).encode())
    path = reverse("account:welcome", kwargs={"person": person, "token": _TOKENS.make_token(user)})
    return request.build_absolute_uri(path)


def invited(person: str, token: str) -> User | None:
    """The active person of a link that still works, else None."""
    try:
        user = User.objects.get(pk=force_str(urlsafe_base64_decode(person)), is_active=True)
    except (User.DoesNotExist, ValueError, OverflowError):
        return None
    return user if _TOKENS.check_token(user, token) else None
