"""The app of the door of live events."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The door, and what brings its messages into the facts."""

    name = "viaggio.web.events"
    label = "events"

    def ready(self) -> None:
        """Whoever erases a customer lets what arrived land first."""
        from viaggio.web.events.services import erasing

        erasing.start()
