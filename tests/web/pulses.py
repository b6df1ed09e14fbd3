"""Makes pulses with a wave and people who were asked, for tests of answering."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from viaggio.pulse.questionnaire import (
    Item,
    ItemKind,
    Page,
    Questionnaire,
    Row,
    as_data,
    digest,
    parsed,
    wording,
)
from viaggio.pulse.questionnaire import Option as Choice
from viaggio.web.pulse.models import Invitation, Pulse, QuestionnaireVersion, Wave
from viaggio.web.pulse.models import Questionnaire as QuestionnaireRecord

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

RECOMMEND = Item(
    key="recommend",
    kind=ItemKind.NPS,
    text=wording(
        it="Quanto consiglieresti Officina Blu a un amico o a un collega?",
        en="How likely are you to recommend Officina Blu to a friend or colleague?",
    ),
    required=True,
)
REASONS = Item(
    key="reasons",
    kind=ItemKind.MULTIPLE,
    text=wording(it="Che cosa ha pesato di più?", en="What mattered most?"),
    options=(
        Choice(key="time", text=wording(it="Tempi e puntualità", en="Time and punctuality")),
        Choice(key="price", text=wording(it="Prezzo e fattura", en="Price and invoice")),
        Choice(key="none", text=wording(it="Niente di questo", en="None of these"), exclusive=True),
    ),
    other=wording(it="Altro", en="Something else"),
)
WHY = Item(
    key="why", kind=ItemKind.COMMENT, text=wording(it="Vuoi dirci perché?", en="Would you tell us why?")
)
SHORT = Questionnaire(
    title=wording(it="La tua consegna", en="Your delivery"),
    intro=wording(it="La tua consegna del {date|mese scorso}", en="Your delivery of {date|last month}"),
    languages=("it", "en"),
    pages=(Page(key="first", items=(RECOMMEND, REASONS, WHY)),),
)
EVERY_KIND = Questionnaire(
    title=wording(it="Tutte le domande", en="Every question"),
    thanks=wording(it="Grazie di cuore.", en="Thank you so much."),
    languages=("it", "en"),
    pages=(
        Page(key="score", items=(RECOMMEND,)),
        Page(
            key="unhappy",
            show_if=parsed("{recommend} <= 6"),
            items=(
                Item(
                    key="wrong",
                    kind=ItemKind.COMMENT,
                    text=wording(it="Che cosa non va?", en="What is wrong?"),
                ),
            ),
        ),
        Page(
            key="ratings",
            title=wording(it="Tre voti", en="Three ratings"),
            items=(
                Item(
                    key="satisfied",
                    kind=ItemKind.CSAT,
                    text=wording(it="Sei soddisfatto?", en="Are you satisfied?"),
                    required=True,
                    not_applicable=True,
                ),
                Item(key="effort", kind=ItemKind.CES, text=wording(it="È stato facile?", en="Was it easy?")),
                Item(
                    key="stars", kind=ItemKind.STARS, text=wording(it="Quante stelle?", en="How many stars?")
                ),
            ),
        ),
        Page(
            key="lines",
            items=(
                Item(
                    key="pillars",
                    kind=ItemKind.MATRIX,
                    text=wording(it="Quanto sei d'accordo?", en="How far do you agree?"),
                    help=wording(it="1 per niente, 7 del tutto", en="1 not at all, 7 fully"),
                    rows=(
                        Row(
                            key="kept",
                            text=wording(it="Hanno mantenuto le promesse", en="They kept promises"),
                        ),
                        Row(key="heard", text=wording(it="Mi hanno ascoltato", en="They listened to me")),
                    ),
                    not_applicable=True,
                ),
            ),
        ),
        Page(
            key="choices",
            items=(
                Item(
                    key="how",
                    kind=ItemKind.SINGLE,
                    text=wording(it="Come hai comprato?", en="How did you buy?"),
                    options=(
                        Choice(key="shop", text=wording(it="In negozio", en="In the shop")),
                        Choice(key="web", text=wording(it="Sul sito", en="On the site")),
                    ),
                    other=wording(it="In un altro modo", en="Another way"),
                ),
                REASONS,
                Item(
                    key="order",
                    kind=ItemKind.RANKING,
                    text=wording(it="Metti in ordine", en="Put in order"),
                    options=(
                        Choice(key="speed", text=wording(it="Velocità", en="Speed")),
                        Choice(key="care", text=wording(it="Cura", en="Care")),
                        Choice(key="cost", text=wording(it="Prezzo", en="Price")),
                    ),
                ),
            ),
        ),
        Page(
            key="last",
            items=(
                Item(key="people", kind=ItemKind.NUMBER, text=wording(it="In quanti siete?", en="How many?")),
                Item(key="day", kind=ItemKind.DATE, text=wording(it="In che giorno?", en="On which day?")),
                WHY,
            ),
        ),
    ),
)


def publish(asked: Questionnaire, slug: str = "consegna") -> QuestionnaireVersion:
    record = QuestionnaireRecord.objects.create(slug=slug, title={"it": slug}, created_at=NOW)
    return QuestionnaireVersion.objects.create(
        questionnaire=record,
        number=1,
        definition=as_data(asked),
        digest=digest(asked),
        edited_at=NOW,
        published_at=NOW,
    )


def make_pulse(
    asked: Questionnaire = SHORT,
    *,
    kind: str = "event",
    anonymous: bool = False,
    slug: str = "consegna",
    **more: Any,
) -> Pulse:
    """A running pulse with a wave that is open for a month around now."""
    version = publish(asked, slug)
    pulse = Pulse.objects.create(
        slug=slug,
        name={"it": "La tua consegna", "en": "Your delivery"},
        kind=kind,
        state="running",
        questionnaire=version.questionnaire,
        version=version,
        anonymous=anonymous,
        seed="seed",
        created_at=NOW,
        plan={"kind": "open"},
        **more,
    )
    Wave.objects.create(
        pulse=pulse, code="2026-11", starts_at=NOW - timedelta(days=15), ends_at=NOW + timedelta(days=15)
    )
    return pulse


_customers = count(1)


def invite(pulse: Pulse, **more: Any) -> Invitation:
    """One more customer asked by mail an hour ago."""
    assert pulse.version_id is not None
    fields: dict[str, Any] = {
        "unit": "order",
        "about": uuid4().hex[:8],
        "customer": next(_customers),
        "customer_number": "C-1",
        "touchpoint": "courier",
        "phase": "purchase",
        "channel": "home",
        "probability": 0.5,
        "asked_by": "email",
        "address": "ada@example.com",
        "language": "it",
        "shown": {"date": "12 novembre"},
        "eligible_at": NOW - timedelta(hours=2),
        "due_at": NOW - timedelta(hours=1),
        "sent_at": NOW - timedelta(hours=1),
        "expires_at": NOW + timedelta(days=14),
    }
    wave = pulse.waves.get()
    return Invitation.objects.create(
        id=uuid4().hex, pulse=pulse, wave=wave, version_id=pulse.version_id, **(fields | more)
    )
