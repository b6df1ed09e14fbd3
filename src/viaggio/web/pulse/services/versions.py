"""Questionnaires as they are asked: a published one is read from the records once and kept by the process."""

from threading import Lock

from viaggio.pulse.questionnaire import Questionnaire, from_data
from viaggio.web.pulse.models import QuestionnaireVersion

MOST_KEPT = 256
_kept: dict[int, Questionnaire] = {}
_lock = Lock()


def questionnaire_of(version_id: int) -> Questionnaire:
    """The questionnaire of a version (record id); raises `QuestionnaireVersion.DoesNotExist`."""
    known = _kept.get(version_id)
    if known is not None:
        return known
    version = QuestionnaireVersion.objects.get(pk=version_id)
    read = from_data(version.definition)
    if version.published_at is not None:  # only then it can not change
        with _lock:
            if len(_kept) >= MOST_KEPT:
                _kept.clear()
            _kept[version_id] = read
    return read


def forget() -> None:
    """Read every version again; for tests, whose records go away."""
    _kept.clear()
