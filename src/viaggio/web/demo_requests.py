"""The last wave of the sample company's facts as records: who was asked, and what they answered."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from viaggio.web.pulse.models import Invitation, Pulse, Response, Wave
from viaggio.web.pulse.services.clocks import start_clocks
from viaggio.web.shared.models.outgoing import Suppression
from viaggio.web.shared.post.suppression import digest_of

if TYPE_CHECKING:
    from viaggio.store.engine import Engine

SENT_AFTER, OPEN_FOR = timedelta(hours=2), timedelta(days=21)
RESTED = timedelta(days=180)
"""The longest rest of any pulse: who was asked since then has a clock."""
_GONE = {"refused": "unsubscribed", "bounced": "bounced"}

type Row = Mapping[str, Any]
type Counts = dict[str, dict[str, dict[str, int]]]
"""Units by wave, outcome and reason."""


class Requests:
    """What the facts say of asking, read once; `begin` and `end` are the bounds of its waves."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self.zone = engine.zone
        rows = engine.tables().coverage
        counted = rows.group_by("pulse", "wave", "outcome", "reason").aggregate(units=rows.count())
        self._counts: dict[str, Counts] = defaultdict(dict)
        for row in sorted(engine.run(counted).to_pylist(), key=lambda row: (row["pulse"], row["wave"])):
            outcomes = self._counts[row["pulse"]].setdefault(row["wave"], {})
            outcomes.setdefault(row["outcome"], {})[row["reason"] or ""] = row["units"]
        waves = sorted({wave for counts in self._counts.values() for wave in counts})
        self.last = waves[-1]
        self.begin, self.end = self._month(waves[0], 0), self._month(self.last, 1)
        self._people = {row["customer"]: row for row in _people(engine)}
        self._touchpoints = {row["id"]: row for row in engine.run(engine.tables().touchpoints).to_pylist()}
        asked = rows.filter(rows.invitation.notnull(), rows.eligible_at >= self.end - RESTED)
        self._asked = engine.run(asked).to_pylist()
        self._answers, self._words = self._said()
        self.item, self.sha256 = _landed(engine)

    def _month(self, wave: str, later: int) -> datetime:
        year, month = (int(part) for part in wave.split("-"))
        index = year * 12 + month - 1 + later
        return datetime(index // 12, index % 12 + 1, 1, tzinfo=self.zone)

    @property
    def responses(self) -> int:
        """How many answered in the last wave."""
        return len(self._answers)

    def counts(self, pulse: str) -> Counts:
        """The ledger of every wave of a pulse, oldest first."""
        return self._counts[pulse]

    def _said(self) -> tuple[dict[str, list[Row]], dict[str, Row]]:
        """Answers and comments of the last wave by response."""
        tables = self._engine.tables()
        rows = tables.answers.filter(tables.answers.wave == self.last, tables.answers.source == "pulse")
        answers: dict[str, list[Row]] = defaultdict(list)
        for row in self._engine.run(rows.order_by("response", "item")).to_pylist():
            answers[row["response"]].append(row)
        texts = tables.texts.filter(tables.texts.kind == "answer", tables.texts.response.notnull())
        texts = texts.filter(texts.written_at >= self.end - timedelta(days=45))
        return answers, {row["response"]: row for row in self._engine.run(texts).to_pylist()}

    def write(self, pulse: Pulse, wave: Wave) -> None:
        """The requests of this wave with their answers; whoever was asked lately rests."""
        of_pulse = [row for row in self._asked if row["pulse"] == pulse.slug]
        rows = [row for row in of_pulse if row["wave"] == wave.code]
        made = {row["invitation"]: self._invitation(pulse, wave, row) for row in rows}
        Invitation.objects.bulk_create(made.values(), batch_size=500)
        answered = [row for row in rows if row["response"]]
        Response.objects.bulk_create(
            [self._response(made[row["invitation"]], row["response"]) for row in answered], batch_size=500
        )

    def rest(self, pulse: Pulse) -> None:
        """Start the clocks of those whom this pulse asked lately, and stop mail to those who want none."""
        rows = [row for row in self._asked if row["pulse"] == pulse.slug]
        clocks = ((row["customer"], row["account"] or 0, row["eligible_at"] + SENT_AFTER) for row in rows)
        start_clocks(clocks, pulse.survey_type)
        gone = [(row, _GONE[row["outcome"]]) for row in rows if row["outcome"] in _GONE]
        Suppression.objects.bulk_create(
            [
                Suppression(
                    digest=digest_of(self._address(row)), kind=kind, at=row["eligible_at"] + SENT_AFTER,
                    origin=f"invitation:{row['invitation']}",
                )
                for row, kind in gone if self._address(row)
            ],
            ignore_conflicts=True,
        )  # fmt: skip

    def _address(self, row: Row) -> str:
        person = self._people[row["customer"]]
        return str(person["phone" if row["asked_by"] == "sms" else "email"] or "")

    def _invitation(self, pulse: Pulse, wave: Wave, row: Row) -> Invitation:
        assert pulse.version_id is not None
        person = self._people[row["customer"]]
        language = person["language"] or "it"
        sent, said = row["eligible_at"] + SENT_AFTER, self._answers.get(row["response"] or "", [])
        seen = said[0]["answered_at"] if said else sent + timedelta(hours=20)
        outcome = row["outcome"]
        return Invitation(
            id=row["invitation"], pulse=pulse, wave=wave, version_id=pulse.version_id, unit=row["unit"],
            about=row["about"], customer=row["customer"], account=row["account"],
            customer_number=person["customer_number"] or "", touchpoint=row["touchpoint"] or "",
            phase=row["phase"] or "", channel=row["channel"] or "", stratum=row["stratum"] or "",
            probability=row["probability"], asked_by=row["asked_by"], address=self._address(row),
            language=language, shown=self._shown(row, language), outcome=outcome, reason=row["reason"] or "",
            eligible_at=row["eligible_at"], due_at=sent, sent_at=sent,
            opened_at=seen if outcome in {"opened", "partial", "complete"} else None,
            ended_at=_ended(outcome, sent, seen), expires_at=sent + OPEN_FOR, settled=1,
        )  # fmt: skip

    def _shown(self, row: Row, language: str) -> dict[str, str]:
        about = row["about"].partition(":")[2]
        name = self._touchpoints.get(row["touchpoint"], {}).get(f"name_{language}") or ""
        day = row["eligible_at"].astimezone(self.zone).date()
        known = {
            "order": about if row["unit"] == "order" else "",
            "ticket": about if row["unit"] == "ticket" else "",
            "touchpoint": name,
            "date": f"{day.day}/{day.month}/{day.year}" if language == "it" else day.isoformat(),
        }  # fmt: skip
        return {key: value for key, value in known.items() if value}

    def _response(self, invitation: Invitation, key: str) -> Response:
        said = self._answers[key]
        held = {item.key for item in _items(invitation)}
        answers: dict[str, Any] = {row["item"]: int(row["value"]) for row in said if row["item"] in held}
        ids, at = [row["id"] for row in said], said[0]["answered_at"]
        words = self._words.get(key)
        if words is not None:
            answers["comment"] = words["body"]
            ids.append(words["id"])
        complete = invitation.outcome == "complete"
        return Response(
            id=key, pulse=invitation.pulse, wave=invitation.wave, invitation=invitation,
            version_id=invitation.version_id, state="complete" if complete else "partial",
            language=invitation.language, asked_by=invitation.asked_by, touchpoint=invitation.touchpoint,
            phase=invitation.phase, channel=invitation.channel, shown=invitation.shown, answers=answers,
            started_at=at - timedelta(minutes=2), changed_at=at, completed_at=at if complete else None,
            change=1, settled=1, landed=sorted(ids), told=True,
        )  # fmt: skip


def _items(invitation: Invitation) -> tuple[Any, ...]:
    from viaggio.web.pulse.services.versions import questionnaire_of

    return questionnaire_of(invitation.version_id).items


def _ended(outcome: str, sent: datetime, seen: datetime) -> datetime | None:
    """When asking ended; opened and partial ones end when their time runs out."""
    ends = {"complete": seen, "refused": seen, "bounced": sent, "expired": sent + OPEN_FOR}
    return ends.get(outcome)


def _people(engine: "Engine") -> list[Row]:
    from viaggio.store.sql import sql

    query = sql(
        "frame_people", identifiers=engine.live_rows("identifiers"), consents=engine.live_rows("consents")
    )
    rows: list[Row] = engine.known(query).to_pylist()
    return rows


def _landed(engine: "Engine") -> tuple[int, str]:
    """The landed item that holds the ledger, and its fingerprint."""
    from viaggio.store.landing import items

    for item in items(engine.workspace):
        for payload in item.payloads:
            if item.source == "pulse" and payload.name.startswith("coverage"):
                return item.seq, payload.sha256
    raise LookupError("coverage")
