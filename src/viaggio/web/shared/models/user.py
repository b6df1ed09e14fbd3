"""People who sign in."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

LANGUAGES = [("it", "Italiano"), ("en", "English")]
THEMES = ["auto", "light", "dark"]


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail, whatever its capitals."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Save a new person; without a password, they choose one through an invitation link."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this e-mail address."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in. Never a customer's contact."""

    email = models.EmailField(unique=True, max_length=254)
    name = models.CharField(max_length=120)
    roles: models.JSONField[list[str], list[str]] = models.JSONField(default=list)  # values of `Role`
    function = models.CharField(max_length=40, blank=True)  # business function, for heads of function
    unit = models.CharField(max_length=80, blank=True)  # organisational unit, free text
    language = models.CharField(max_length=2, choices=LANGUAGES, default="it")
    theme = models.CharField(max_length=5, choices=[(t, t) for t in THEMES], default="auto")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering: ClassVar = ["name", "email"]

    def __str__(self) -> str:
        return self.name or self.email
