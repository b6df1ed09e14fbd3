"""Sessions that know whose they are, so that a person can see and end them."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone


class UserSession(AbstractBaseSession):
    """A signed-in browser; removing the row signs it out."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    agent = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=45, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-seen_at"]

    @classmethod
    def get_session_store_class(cls) -> type[DatabaseStore]:
        """The store that Django reads and writes these rows with."""
        return SessionStore


class SessionStore(DatabaseStore):
    """Django's database store over `UserSession`."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        """The model of a session row."""
        return UserSession

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row to save, with whose it is and from where it was opened."""
        row = super().create_model_instance(data)
        if isinstance(row, UserSession):
            owner, started = data.get(SESSION_KEY), data.get("started")
            row.user_id = int(owner) if owner is not None else None
            row.agent = str(data.get("agent", ""))[:200]
            row.address = str(data.get("address", ""))[:45]
            row.started_at = datetime.fromisoformat(started) if started else timezone.now()
        return row
