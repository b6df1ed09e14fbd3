"""The rows of a draw: invitations of those who are asked, and the ledger's rows of everybody."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from viaggio.pulse.fielding import Drawn, Plan
from viaggio.pulse.model import AskedUnit
from viaggio.web.pulse.models import Invitation, Pulse, Wave
from viaggio.web.pulse.services.clocks import moment
from viaggio.web.pulse.services.ledger_files import eligibility_id
from viaggio.web.pulse.services.versions import questionnaire_of

if TYPE_CHECKING:
    from viaggio.store.engine import Engine
    from viaggio.store.frames import Eligible

type Names = Mapping[str, Mapping[str, str]]
"""Names of touchpoints by slug and language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One draw of a pulse: over which facts, by which plan, when. `code` is empty for event pulses."""

    pulse: Pulse
    plan: Plan
    engine: "Engine"
    code: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided about the part of the frame that falls into one wave."""

    wave: Wave
    eligible: "Eligible"
    drawn: Drawn


def invitations(of: Draw, part: Decided) -> Iterator[Invitation]:
    """One for each unit that is asked about; the address of its page is derived from its id."""
    pulse, plan = of.pulse, of.plan
    assert pulse.version_id is not None
    questionnaire = questionnaire_of(pulse.version_id)
    frame, drawn = part.eligible.frame, part.drawn
    names = _touchpoint_names(of.engine)
    for row in drawn.invited.tolist():
        wanted = str(frame.language[row])
        language = questionnaire.language(wanted if wanted in plan.languages else plan.languages[0])
        due = moment(int(drawn.due_at[row]))
        expires = due + timedelta(days=plan.expires_days)
        about, customer = str(frame.about[row]), int(frame.customer[row])
        yield Invitation(
            id=invitation_id(pulse, part.wave, about, customer),
            pulse=pulse,
            wave=part.wave,
            version_id=pulse.version_id,
            unit=str(plan.unit),
            about=about,
            customer=customer,
            account=int(frame.account[row]) or None,
            customer_number=str(part.eligible.name[row]),
            identifier=str(part.eligible.identifier[row]),
            account_name=str(part.eligible.account_id[row]),
            touchpoint=str(frame.touchpoint[row]),
            phase=str(frame.phase[row]),
            channel=str(frame.channel[row]),
            stratum=str(drawn.stratum[row]),
            probability=float(drawn.probability[row]),
            asked_by=str(drawn.asked_by[row]),
            address=str(drawn.address[row]),
            language=language,
            shown=_shown(of, part, row, language, names),
            eligible_at=moment(int(frame.eligible_at[row])),
            due_at=due,
            expires_at=min(expires, part.wave.ends_at) if pulse.anonymous else expires,
            settled=1,  # the draw's own file tells the facts
        )


def invitation_id(pulse: Pulse, wave: Wave, about: str, customer: int) -> str:
    """The id of the request to one customer about one thing in one wave: 128 bits, of no meaning outside."""
    text = f"{pulse.seed}\x1f{wave.code}\x1f{about}\x1f{customer}"
    return sha256(text.encode()).hexdigest()[:32]


def _shown(of: Draw, part: Decided, row: int, language: str, names: Names) -> dict[str, str]:
    """What texts may say of the thing asked about."""
    frame, plan = part.eligible.frame, of.plan
    bare = str(frame.about[row]).partition(":")[2]
    known = {
        "order": bare if plan.unit is AskedUnit.ORDER else "",
        "ticket": bare if plan.unit is AskedUnit.TICKET else "",
        "touchpoint": names.get(str(frame.touchpoint[row]), {}).get(language, ""),
        "date": "",
    }
    if plan.trigger:
        happened = moment(int(frame.eligible_at[row])) - timedelta(hours=plan.trigger.delay_hours)
        known["date"] = _day(happened.astimezone(of.engine.zone).date(), language)
    return {name: value for name, value in known.items() if value}


def _day(day: date, language: str) -> str:
    return f"{day.day}/{day.month}/{day.year}" if language.startswith("it") else day.isoformat()


def _touchpoint_names(engine: "Engine") -> Names:
    rows = engine.run(engine.tables().touchpoints.select("id", "name_it", "name_en")).to_pylist()
    return {row["id"]: {"it": row["name_it"], "en": row["name_en"]} for row in rows}


def coverage_table(of: Draw, part: Decided) -> Any:
    """The ledger's rows of everybody in this part, in the landing's shape."""
    import pyarrow as pa

    from viaggio.store.contracts import FACTS, incoming_schema

    frame, drawn, rows = part.eligible.frame, part.drawn, len(part.eligible)
    pulse, wave, unit = of.pulse.slug, part.wave.code, str(of.plan.unit)
    whose = list(zip(frame.about.tolist(), frame.customer.tolist(), strict=True))
    asked = np.full(rows, None, object)
    for row in drawn.invited.tolist():
        asked[row] = invitation_id(of.pulse, part.wave, *whose[row])
    columns: dict[str, Any] = {
        "id": [eligibility_id(pulse, wave, unit, about, customer) for about, customer in whose],
        **{kind: _named(part.eligible, kind) for kind in ("customer_number", "email", "phone", "visitor")},
        "account_id": _or_none(part.eligible.account_id),
        "pulse": [pulse] * rows,
        "wave": [wave] * rows,
        "unit": [unit] * rows,
        "about": frame.about,
        "touchpoint": _or_none(frame.touchpoint),
        "phase": _or_none(frame.phase),
        "channel": _or_none(frame.channel),
        "stratum": _or_none(drawn.stratum),
        "probability": [None if np.isnan(chance) else chance for chance in drawn.probability.tolist()],
        "outcome": drawn.outcome,
        "reason": _or_none(drawn.reason),
        "invitation": asked,
        "asked_by": _or_none(drawn.asked_by),
        "eligible_at": frame.eligible_at,
    }
    schema = incoming_schema(FACTS["coverage"])
    arrays = [
        pa.array(columns[field.name], field.type) if field.name in columns else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.table(arrays, schema=schema)


def _named(eligible: "Eligible", kind: str) -> list[str | None]:
    """The identifiers of this kind, None for those who are known by another."""
    pairs = zip(eligible.identifier.tolist(), eligible.name.tolist(), strict=True)
    return [name if known == kind else None for known, name in pairs]


def _or_none(texts: Any) -> Any:
    """Texts with None for the empty ones, as plain ones."""
    return [str(text) or None for text in texts.tolist()]
