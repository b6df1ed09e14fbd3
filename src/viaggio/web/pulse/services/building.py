"""Building questionnaires: create, edit a draft, publish. A published version never changes.

A draft is saved whole.
Whoever saves says which draft they saw (its digest): what somebody else changed meanwhile is not overwritten.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from viaggio.kernel import ViaggioError
from viaggio.pulse.questionnaire import (
    Finding,
    Questionnaire,
    as_data,
    check,
    digest,
    from_data,
    next_version,
    piped,
    stops,
)
from viaggio.web.pulse.models import Questionnaire as Record
from viaggio.web.pulse.models import QuestionnaireVersion
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import allow
from viaggio.web.shared.roles import Right

Edit = Callable[[Questionnaire], Questionnaire]


class ChangedMeanwhile(ViaggioError):
    """Somebody else saved the draft after it was shown."""

    code = "questionnaire.changed_meanwhile"


class NotReady(ViaggioError):
    """A draft with findings that stop publication."""

    code = "questionnaire.not_ready"

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("the draft can not be published yet", hint="Mend what stops it first.")
        self.findings = findings


def shown(version: QuestionnaireVersion) -> Questionnaire:
    """The questionnaire of a version, drafts too."""
    return from_data(version.definition)


def draft_of(questionnaire: Record) -> QuestionnaireVersion | None:
    """The version that may be edited, if there is one."""
    return questionnaire.versions.filter(published_at=None).order_by("-number").first()


def published_of(questionnaire: Record) -> QuestionnaireVersion | None:
    """The newest published version: the one that is asked."""
    return questionnaire.versions.exclude(published_at=None).order_by("-number").first()


def free_slug(title: str) -> str:
    """An address for a new questionnaire, unlike any other."""
    base = slugify(title)[:70] or "questionnaire"
    taken = set(Record.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug for n in range(1, len(taken) + 2) if (slug := f"{base}-{n}" if n > 1 else base) not in taken
    )


def _plain_title(definition: Questionnaire) -> str:
    language = definition.languages[0]
    return piped(definition.title.text(language), definition, {}, {}, language)


@transaction.atomic
def create(definition: Questionnaire, *, by: User, now: datetime) -> Record:
    """A new questionnaire with its first draft."""
    allow(by, Right.MANAGE_PULSES)
    title = dict(definition.title.pairs)
    made = Record.objects.create(
        slug=free_slug(_plain_title(definition)),
        title=title,
        created_at=now,
        created_by=by,
    )
    QuestionnaireVersion.objects.create(
        questionnaire=made, number=1, definition=as_data(definition), digest=digest(definition), edited_at=now
    )
    record(by, "pulse.questionnaire.created", made.slug)
    return made


@transaction.atomic
def edit(questionnaire: Record, change: Edit, *, seen: str, by: User, now: datetime) -> QuestionnaireVersion:
    """Change the draft; one is made from the newest published version when there is none.

    `seen` is the digest that the editor was shown. Raises `ChangedMeanwhile`, and what `change` raises.
    """
    allow(by, Right.MANAGE_PULSES)
    Record.objects.select_for_update().get(pk=questionnaire.pk)
    draft = draft_of(questionnaire) or _new_draft(questionnaire, now)
    if seen and draft.digest != seen:
        raise ChangedMeanwhile("somebody changed this questionnaire meanwhile", hint="Look at it again.")
    changed = change(shown(draft))
    draft.definition, draft.digest, draft.edited_at = as_data(changed), digest(changed), now
    draft.save(update_fields=["definition", "digest", "edited_at"])
    title = dict(changed.title.pairs)
    if questionnaire.title != title:
        questionnaire.title = title
        questionnaire.save(update_fields=["title"])
    record(by, "pulse.questionnaire.edited", questionnaire.slug, version=draft.number)
    return draft


def _new_draft(questionnaire: Record, now: datetime) -> QuestionnaireVersion:
    last = questionnaire.versions.order_by("-number").first()
    if last is None:
        raise ViaggioError("this questionnaire has no version", place=questionnaire.slug)
    return QuestionnaireVersion.objects.create(
        questionnaire=questionnaire,
        number=_next_number(questionnaire),
        definition=last.definition,
        digest=last.digest,
        edited_at=now,
    )


def _next_number(questionnaire: Record) -> int:
    return (questionnaire.versions.aggregate(Max("number"))["number__max"] or 0) + 1


@transaction.atomic
def publish(questionnaire: Record, *, seen: str, by: User, now: datetime) -> QuestionnaireVersion:
    """Freeze the draft: from now on it may be asked. Raises `NotReady`, `ChangedMeanwhile`.

    Items whose question differs from the version before get a new version of their own.
    """
    allow(by, Right.MANAGE_PULSES)
    Record.objects.select_for_update().get(pk=questionnaire.pk)
    draft = draft_of(questionnaire)
    if draft is None:
        raise ViaggioError(
            "there is no draft to publish", place=questionnaire.slug, hint="Change something first."
        )
    if seen and draft.digest != seen:
        raise ChangedMeanwhile("somebody changed this questionnaire meanwhile", hint="Look at it again.")
    final = shown(draft)
    before = published_of(questionnaire)
    if before is not None:
        final = next_version(shown(before), final)
    findings = check(final)
    if stops(findings):
        raise NotReady([finding for finding in findings if finding.stops])
    draft.definition, draft.digest = as_data(final), digest(final)
    draft.published_at, draft.published_by = now, by
    draft.save(update_fields=["definition", "digest", "published_at", "published_by"])
    record(by, "pulse.questionnaire.published", questionnaire.slug, version=draft.number)
    return draft


@transaction.atomic
def discard_draft(questionnaire: Record, *, by: User) -> None:
    """Throw the draft away; the published version stays. Only when there is one."""
    allow(by, Right.MANAGE_PULSES)
    draft = draft_of(questionnaire)
    if draft is None or published_of(questionnaire) is None:
        raise ViaggioError(
            "there is nothing to go back to", place=questionnaire.slug, hint="Archive it instead."
        )
    number = draft.number
    draft.delete()
    record(by, "pulse.questionnaire.draft_discarded", questionnaire.slug, version=number)


@transaction.atomic
def archive(questionnaire: Record, *, by: User, now: datetime) -> None:
    """Take it out of the list; pulses that ask it go on. Archiving again brings it back."""
    allow(by, Right.MANAGE_PULSES)
    questionnaire.archived_at = None if questionnaire.archived_at else now
    questionnaire.save(update_fields=["archived_at"])
    action = "archived" if questionnaire.archived_at else "brought_back"
    record(by, f"pulse.questionnaire.{action}", questionnaire.slug)
