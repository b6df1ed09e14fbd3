"""Designed journeys kept as records: read from a text or a file, added, taken out."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from viaggio.journey.design import Design, design_from_bpmn, design_from_csv
from viaggio.journey.design.model import BadDesign
from viaggio.journey.design.reading import design_to_csv
from viaggio.web.journey.models import JourneyDesign
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User

MOST_BYTES = 200_000
MOST_STEPS = 40


class NoDesign(Exception):
    """A text that is no design, or a name that is taken; the text says why, in the reader's language."""


def read_design(name: str, content: bytes) -> Design:
    """A design from a CSV of moves or from BPMN 2.0, whichever it is; raises `NoDesign`."""
    if len(content) > MOST_BYTES:
        raise NoDesign(_("The file is too large: at most 200 KB."))
    try:
        text = content.decode("utf-8-sig")
        design = (
            design_from_bpmn(content, name) if text.lstrip().startswith("<") else design_from_csv(text, name)
        )
    except UnicodeDecodeError as error:
        raise NoDesign(_("The file is no text in UTF-8.")) from error
    except BadDesign as error:
        sentence = _("The design cannot be followed: look at “%(place)s”.")
        raise NoDesign(sentence % {"place": str(error.place or name)[:80]}) from error
    if len(design.steps) > MOST_STEPS:
        raise NoDesign(_("A design has at most %(n)d steps.") % {"n": MOST_STEPS})
    return design


def design_of(kept: JourneyDesign) -> Design:
    """The design of a record."""
    return design_from_csv(kept.moves, kept.name)


@transaction.atomic
def keep_design(design: Design, *, by: User, now: datetime) -> JourneyDesign:
    """Keep a design under its name, in the place of one with the same name; recorded."""
    kept, _made = JourneyDesign.objects.update_or_create(
        name=design.name, defaults={"moves": design_to_csv(design), "made_at": now, "made_by": by}
    )
    record(by, "journey.design.kept", kept.name, steps=len(design.steps))
    return kept


@transaction.atomic
def drop_design(kept: JourneyDesign, *, by: User) -> None:
    """Take a design out; recorded."""
    record(by, "journey.design.dropped", kept.name)
    kept.delete()
