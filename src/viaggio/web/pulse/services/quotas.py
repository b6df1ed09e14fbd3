"""Quotas that hold when many answer at once: a place is reserved at the beginning and filled at the end.

`Quota.taken` counts reserved and filled places and only ever changes by a conditional update inside the
caller's transaction: the engine itself refuses the place too many, on SQLite and on PostgreSQL. Whatever goes
wrong refuses the place (fail closed). A reserved place expires after `hold_minutes`; it is given to the next
who asks, and its first holder gets a place again only while there is one.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from viaggio.pulse.questionnaire.logic import is_empty
from viaggio.web.pulse.models import Quota, QuotaPlace, Response
from viaggio.web.pulse.services.versions import questionnaire_of
from viaggio.web.shared.prepared import Prepared

CONTEXT = ("touchpoint", "phase", "channel", "language", "asked_by")
"""What a quota may ask beside answers; `where` maps a name to the value, or the list of values, that fit."""


class QuotaFull(Exception):
    """No place is left for this respondent."""

    def __init__(self, quota: Quota) -> None:
        super().__init__(f"the quota '{quota.name}' is full")
        self.quota = quota


def fits(where: Mapping[str, object], response: Response, answers: Mapping[str, object]) -> bool:
    """Whether a quota counts this response.

    A question not answered yet does not fit. A name that is neither known of the response nor a question of
    its counts everybody: so the limit can not be passed by those it means.
    """
    items = questionnaire_of(response.version_id).by_key
    for name, wanted in where.items():
        if name in CONTEXT:
            said: object = getattr(response, name)
        elif name in response.shown:
            said = response.shown[name]
        elif name.partition(".")[0] in items:
            said = _answer(answers, name)
        else:
            continue
        allowed = wanted if isinstance(wanted, list) else [wanted]
        given = said if isinstance(said, list) else [said]
        if is_empty(said) or not any(value in allowed or str(value) in allowed for value in given):
            return False
    return True


def _answer(answers: Mapping[str, object], name: str) -> object:
    item, _, row = name.partition(".")
    value = answers.get(item)
    return value.get(row) if row and isinstance(value, Mapping) else value


_of_pulse = Prepared(lambda pulse: Quota.objects.filter(pulse_id=pulse).order_by("pk"), 1)
"""Always in one order: no deadlock."""


def reserve(response: Response, *, finished: bool, now: datetime) -> None:
    """Take or keep a place under every quota that counts this response, filled when it is `finished`.

    To be called inside the transaction that saves the response, after it was saved; raises `QuotaFull`, and
    the caller's transaction must then go no further.
    """
    quotas = _of_pulse(response.pulse_id)
    if not quotas:
        return
    held = {place.quota_id: place for place in QuotaPlace.objects.filter(response=response)}
    for quota in quotas:
        place = held.get(quota.pk)
        if not fits(quota.where, response, response.answers):
            if place is not None:  # answered otherwise since: the place is free again
                _give_back(quota, QuotaPlace.objects.filter(pk=place.pk))
        elif place is None:
            _take(quota, now)
            until = None if finished else now + timedelta(minutes=quota.hold_minutes)
            QuotaPlace.objects.create(quota=quota, response=response, until=until)
        elif finished and place.until is not None:
            kept = QuotaPlace.objects.filter(pk=place.pk).update(until=None)
            if not kept:  # it went to somebody else since we looked
                _take(quota, now)
                QuotaPlace.objects.create(quota=quota, response=response, until=None)


def _take(quota: Quota, now: datetime) -> None:
    """One place more, or `QuotaFull`; places that were held for too long are freed when none is left."""
    if _one_more(quota):
        return
    _give_back(quota, QuotaPlace.objects.filter(quota=quota, until__lte=now))
    if not _one_more(quota):
        raise QuotaFull(quota)


def _one_more(quota: Quota) -> bool:
    free = Quota.objects.filter(pk=quota.pk, taken__lt=F("limit"))
    return free.update(taken=F("taken") + 1) == 1


def _give_back(quota: Quota, places: QuerySet[QuotaPlace]) -> None:
    """Delete these places in one statement, which looks again under the lock, and count what it deleted."""
    gone, _ = places.delete()
    if gone:
        Quota.objects.filter(pk=quota.pk).update(taken=F("taken") - gone)


def is_full(pulse_id: int, *, now: datetime) -> bool:
    """Whether a quota for everybody has no place left; places held for too long are as good as free."""
    full = [
        quota for quota in Quota.objects.filter(pulse_id=pulse_id, taken__gte=F("limit")) if not quota.where
    ]
    expired = QuotaPlace.objects.filter(quota__in=full, until__lte=now).values_list("quota_id", flat=True)
    return bool({quota.pk for quota in full} - set(expired))


def count_anonymous(pulse_id: int) -> None:
    """One anonymous answer more under the pulse's quotas for everybody; raises `QuotaFull`.

    There is no place to reserve, since nothing may point at the respondent. Quotas with a `where` are not
    possible in an anonymous pulse: they would say something about a single answer.
    """
    for quota in Quota.objects.filter(pulse_id=pulse_id).order_by("pk"):
        if not quota.where and not _one_more(quota):
            raise QuotaFull(quota)
