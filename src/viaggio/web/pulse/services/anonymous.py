"""Anonymous answers: once each, and nothing that could say whose they are.

What is kept is a handful of boxes for a wave. An answer goes into a box drawn by chance; a keyed digest of
the used link goes into the box that the digest itself names. Both lists are sorted by their content and the
whole row is written at once, so neither order nor row ids nor times say which answer came with which link.
The key is the server's and no part of the database: without it a digest says nothing about a link or an
invitation. Nothing else is written: no response, no submission, no outcome of an invitation, no audit row,
no event.

Whoever reads the server's key and watches its disk while answers arrive is no part of this promise: they
could see what changes between two looks.

What is answered is stored once, at the end; in between, the pages themselves carry it. A link that was used
is refused quietly, so that sending again after a lost connection does no harm.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from viaggio.pulse.questionnaire import accepted
from viaggio.web.pulse.models import AnonymousBox, Pulse, Wave
from viaggio.web.pulse.services import quotas
from viaggio.web.pulse.services.answering import NotTaken, look_at
from viaggio.web.pulse.services.links import AnonymousLink, OpenLink
from viaggio.web.pulse.services.versions import questionnaire_of

BOXES = 32
"""Boxes of a wave and version; all are made with the first answer, so their numbers say nothing of time."""


def take(
    link: AnonymousLink | OpenLink, secret: str, *, answers: Mapping[str, object], now: datetime
) -> bool:
    """Store one finished anonymous answer; False when this link was used before. Raises `NotTaken`.

    `secret` is what may be used once: the token of a personal link, the submission of an open one.
    """
    wave, version = where(link, now=now)
    questionnaire = questionnaire_of(version)
    look_at(questionnaire, answers, finished=True, context={})
    said = accepted(questionnaire, answers, {})
    digest = spent_digest(wave, secret)
    _make_boxes(wave, version)
    with transaction.atomic():
        transaction.on_commit(_forget_versions, robust=True)
        mine, drawn = int(digest[:8], 16) % BOXES, secrets.randbelow(BOXES)
        boxes = {
            box.number: box
            for box in AnonymousBox.objects.select_for_update()
            .filter(wave=wave, version_id=version, number__in={mine, drawn})
            .order_by("number")  # one order: no deadlock
        }
        if digest in boxes[mine].spent:
            return False
        try:
            quotas.count_anonymous(wave.pulse_id)
        except quotas.QuotaFull:
            raise NotTaken("quota_full") from None
        boxes[mine].spent = sorted([*boxes[mine].spent, digest])
        boxes[drawn].answers = sorted([*boxes[drawn].answers, said], key=_content)
        for number in sorted(boxes):
            boxes[number].save(update_fields=["answers", "spent"])
    return True


def is_spent(link: AnonymousLink | OpenLink, secret: str, *, now: datetime) -> bool:
    """Whether this link was used; raises `NotTaken` where no answers are taken."""
    wave, version = where(link, now=now)
    digest = spent_digest(wave, secret)
    box = AnonymousBox.objects.filter(wave=wave, version_id=version, number=int(digest[:8], 16) % BOXES)
    return any(digest in spent for spent in box.values_list("spent", flat=True))


def where(link: AnonymousLink | OpenLink, *, now: datetime) -> tuple[Wave, int]:
    """The wave and the questionnaire version of a link; raises `NotTaken` where no answers are taken."""
    wave = wave_of(link) if isinstance(link, AnonymousLink) else _running(link.pulse, now)
    version = link.version if isinstance(link, AnonymousLink) else wave.pulse.version_id
    if version is None or wave.pulse.state == "draft":
        raise NotTaken("not_yet")
    if wave.closed_at is not None or wave.ends_at <= now:
        raise NotTaken("closed")
    return wave, version


def wave_of(link: AnonymousLink) -> Wave:
    """The wave of a personal anonymous link, open or closed; raises `NotTaken`."""
    wave = Wave.objects.select_related("pulse").filter(pk=link.wave, pulse__anonymous=True).first()
    if wave is None:
        raise NotTaken("unknown")
    return wave


def _running(pulse_id: int, now: datetime) -> Wave:
    found = Wave.objects.select_related("pulse").filter(pulse=pulse_id, pulse__anonymous=True)
    wave = found.filter(starts_at__lte=now, ends_at__gt=now).order_by("-code").first()
    if wave is None:
        raise NotTaken("closed" if found.exists() else "unknown")
    return wave


def is_anonymous(pulse_id: int) -> bool:
    """Whether an open link's pulse is anonymous."""
    return Pulse.objects.filter(pk=pulse_id, anonymous=True).exists()


def spent_digest(wave: Wave, secret: str) -> str:
    """What is kept of a used link: 128 bits that only the server's key explains, another for each wave."""
    salted = salted_hmac("viaggio.pulse.spent", f"{wave.pk}\x1f{secret}", algorithm="sha256")
    return salted.hexdigest()[:32]


def _make_boxes(wave: Wave, version: int) -> None:
    if AnonymousBox.objects.filter(wave=wave, version_id=version).count() < BOXES:
        rows = [AnonymousBox(wave=wave, version_id=version, number=number) for number in range(BOXES)]
        AnonymousBox.objects.bulk_create(rows, ignore_conflicts=True)


def _forget_versions() -> None:
    """SQLite's journal holds the boxes as they were after each answer, in the order of time: empty it."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _content(said: Mapping[str, Any]) -> str:
    return json.dumps(said, sort_keys=True, ensure_ascii=False)
