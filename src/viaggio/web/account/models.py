"""What signing in leaves behind: sessions, and refused attempts."""

from django.db import models

from viaggio.web.account.sessions import UserSession

__all__ = ["SignInFailure", "UserSession"]


class SignInFailure(models.Model):
    """A refused attempt to sign in; the account is kept as a keyed hash, for it may be nobody's."""

    at = models.DateTimeField(db_index=True)
    account = models.CharField(max_length=64, db_index=True)
    address = models.CharField(max_length=45, db_index=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} from {self.address}"
