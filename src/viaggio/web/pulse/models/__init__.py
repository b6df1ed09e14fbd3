"""Records of the pulse. What is reported is computed from facts; these rows are for asking and answering."""

from viaggio.web.pulse.models.anonymous import AnonymousBox
from viaggio.web.pulse.models.invitation import Invitation, LastAsked
from viaggio.web.pulse.models.programme import KIOSK_THANKS_SECONDS, Drawing, Pulse, Wave
from viaggio.web.pulse.models.questionnaire import Questionnaire, QuestionnaireVersion
from viaggio.web.pulse.models.quota import Quota, QuotaPlace
from viaggio.web.pulse.models.response import Response, Submission

__all__ = [
    "KIOSK_THANKS_SECONDS", "AnonymousBox", "Drawing", "Invitation", "LastAsked", "Pulse", "Questionnaire",
    "QuestionnaireVersion", "Quota", "QuotaPlace", "Response", "Submission", "Wave",
]  # fmt: skip
