"""The app of the pulse: its pages, and the records of what is asked and answered."""

from django.apps import AppConfig


class PulseConfig(AppConfig):
    """Questionnaires, pulses, waves, invitations, responses."""

    name = "viaggio.web.pulse"
    label = "pulse"

    def ready(self) -> None:
        """Hear what becomes of what is sent and who is erased; say what questions say and no pay rests on."""
        from viaggio.web.pulse.services import delivering, erasing, item_words, pay_base

        delivering.start()
        item_words.start()
        pay_base.start()
        erasing.start()
