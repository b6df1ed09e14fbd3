"""The app of the pulse: its pages, and the records of what is asked and answered."""

from django.apps import AppConfig


class PulseConfig(AppConfig):
    """Questionnaires, pulses, waves, invitations, responses."""

    name = "viaggio.web.pulse"
    label = "pulse"

    def ready(self) -> None:
        """Hear what becomes of invitations that are sent, and say what questions say."""
        from viaggio.web.pulse.services import delivering, item_words

        delivering.start()
        item_words.start()
