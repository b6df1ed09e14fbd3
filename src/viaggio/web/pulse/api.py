"""Routes of the token API for questionnaires, pulses, waves and responses."""

from typing import Annotated, Any

from django.db.models import FETCH_RAISE
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Body, Query, Router

from viaggio.kernel import ViaggioError
from viaggio.pulse.fielding import plan_from_data
from viaggio.pulse.questionnaire import check, from_data
from viaggio.web.pulse.models import Pulse, Questionnaire, QuestionnaireVersion, Response, Wave
from viaggio.web.pulse.services import building, programmes
from viaggio.web.pulse.services.ledger import Ledger, ledger
from viaggio.web.shared.audit import record
from viaggio.web.shared.permissions import allow
from viaggio.web.shared.roles import Right
from viaggio.web.shared.token_auth import TokenAuth

router = Router(tags=["pulse"], auth=TokenAuth(Right.SEE_FIGURES))

MOST = 1000
Json = Annotated[dict[str, Any], Body()]


def _version(version: QuestionnaireVersion) -> dict[str, Any]:
    return {
        "version": version.number,
        "digest": version.digest,
        "published_at": version.published_at.isoformat() if version.published_at else None,
    }


def _questionnaire(found: Questionnaire) -> dict[str, Any]:
    return {
        "questionnaire": found.slug,
        "title": found.title,
        "archived": found.archived_at is not None,
        "versions": [_version(version) for version in found.versions.order_by("number")],
    }


@router.get("/questionnaires", summary="All questionnaires with their versions")
def questionnaires(request: HttpRequest) -> dict[str, Any]:
    """Slug, title, versions; the newest published version is the one that is asked."""
    return {"items": [_questionnaire(found) for found in Questionnaire.objects.prefetch_related("versions")]}


@router.get("/questionnaires/{slug}", summary="One version of a questionnaire, whole")
def questionnaire(request: HttpRequest, slug: str, version: int = 0) -> dict[str, Any]:
    """The definition of a version (the newest when none is named), with what is found wrong or weak in it."""
    found = _found(Questionnaire, slug)
    versions = found.versions.order_by("-number")
    one = versions.filter(number=version).first() if version else versions.first()
    if one is None:
        raise Http404(f"version {version}")
    findings = check(from_data(one.definition))
    return _questionnaire(found) | _version(one) | {
        "definition": one.definition,
        "findings": [
            {"code": f.code, "place": f.place, "stops": f.stops, "detail": f.detail} for f in findings
        ],
    }  # fmt: skip


@router.post("/questionnaires", summary="A new questionnaire", auth=TokenAuth(Right.MANAGE_PULSES))
def new_questionnaire(request: HttpRequest, definition: Json) -> dict[str, Any]:
    """Takes a definition as `GET` gives it; the answer names the questionnaire. It is a draft."""
    made = building.create(from_data(definition), by=request.user, now=timezone.now())  # type: ignore[arg-type]  # the token's person
    return _questionnaire(made)


@router.post(
    "/questionnaires/{slug}/publish", summary="Publish the draft", auth=TokenAuth(Right.MANAGE_PULSES)
)
def publish_questionnaire(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Freeze the draft; 422 with what stops it."""
    found = _found(Questionnaire, slug)
    try:
        building.publish(found, seen="", by=request.user, now=timezone.now())  # type: ignore[arg-type]  # the token's person
    except building.NotReady as error:
        stops = "; ".join(f"{f.place}: {f.code}" for f in error.findings)
        raise ViaggioError(error.what, place=stops, hint=error.hint) from error
    return _questionnaire(found)


def _pulse(found: Pulse) -> dict[str, Any]:
    return {
        "pulse": found.slug,
        "name": found.name,
        "kind": found.kind,
        "survey_type": found.survey_type,
        "state": found.state,
        "anonymous": found.anonymous,
        "questionnaire": found.questionnaire.slug,
        "version": found.version.number if found.version else None,
        "plan": found.plan,
        "waves": [wave.code for wave in found.waves.all()],
    }


@router.get("/pulses", summary="All pulses")
def pulses(request: HttpRequest) -> dict[str, Any]:
    """State, plan and waves of each."""
    found = Pulse.objects.select_related("questionnaire", "version").prefetch_related("waves")
    return {"items": [_pulse(pulse) for pulse in found]}


@router.get("/pulses/{slug}", summary="One pulse")
def pulse(request: HttpRequest, slug: str) -> dict[str, Any]:
    """State, plan and waves."""
    return _pulse(_found(Pulse, slug))


@router.post("/pulses", summary="A new pulse", auth=TokenAuth(Right.MANAGE_PULSES))
def new_pulse(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`name` by language, `questionnaire`, `plan`, perhaps `survey_type` and `anonymous`. It is a draft."""
    made = programmes.create(
        said.get("name") or {},
        _found(Questionnaire, str(said.get("questionnaire", ""))),
        plan_from_data(said.get("plan")),
        survey_type=str(said.get("survey_type") or "transaction"),
        anonymous=said.get("anonymous") is True,
        by=request.user,  # type: ignore[arg-type]  # the token's person
        now=timezone.now(),
    )
    return _pulse(made)


@router.post(
    "/pulses/{slug}/{verb}", summary="Start, pause or end a pulse", auth=TokenAuth(Right.MANAGE_PULSES)
)
def move_pulse(request: HttpRequest, slug: str, verb: str) -> dict[str, Any]:
    """`start` (also after a pause), `pause` or `end`."""
    found = _found(Pulse, slug)
    if verb == "start":
        moved = programmes.publish(found, by=request.user, now=timezone.now())  # type: ignore[arg-type]  # the token's person
    elif verb == "pause":
        moved = programmes.pause(found, by=request.user)  # type: ignore[arg-type]  # the token's person
    elif verb == "end":
        moved = programmes.end(found, by=request.user)  # type: ignore[arg-type]  # the token's person
    else:
        raise Http404(verb)
    return _pulse(moved)


@router.get("/pulses/{slug}/waves/{code}", summary="The coverage ledger of a wave")
def wave(request: HttpRequest, slug: str, code: str) -> dict[str, Any]:
    """Every eligible unit by outcome and reason, adding up to `units`, and AAPOR's response rates."""
    found = Wave.objects.filter(pulse__slug=slug, code=code).select_related("pulse").first()
    if found is None:
        raise Http404(f"wave {code} of {slug}")
    return ledger_data(found, ledger(found))


def ledger_data(wave: Wave, found: Ledger) -> dict[str, Any]:
    """A ledger as plain values."""
    rates = found.rates
    return {
        "pulse": wave.pulse.slug,
        "wave": wave.code,
        "from": wave.starts_at.isoformat(),
        "to": wave.ends_at.isoformat(),
        "closed": wave.closed_at is not None,
        "units": found.coverage.units,
        "outcomes": {str(outcome): dict(reasons) for outcome, reasons in sorted(found.reasons.items())},
        "sent": found.sent,
        "waiting": found.waiting,
        "rates": {name: getattr(rates, name) for name in rates.__dataclass_fields__},
    }


@router.get("/responses", summary="Responses, whole", auth=TokenAuth(Right.SEE_CUSTOMERS))
def responses(  # noqa: PLR0917 -- a route's parameters are those of its address
    request: HttpRequest,
    pulse: str = "",
    wave: str = "",
    state: str = "complete",
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 200,
) -> dict[str, Any]:
    """Responses given here, in the order of their id, which never changes: a walk meets each once.

    Anonymous answers are no responses: they are among the facts once their wave is closed.
    """
    allow(request.user, Right.EXPORT)
    found = Response.objects.filter(state=state).select_related("pulse", "wave", "version__questionnaire")
    found = found.defer("version__definition", "pulse__name", "pulse__plan", "pulse__pages", "wave__counts")
    found = found.fetch_mode(FETCH_RAISE)
    if pulse:
        found = found.filter(pulse__slug=pulse)
    if wave:
        found = found.filter(wave__code=wave)
    if cursor:
        found = found.filter(id__gt=cursor)
    rows = list(found.order_by("id")[: limit + 1])
    shown = [_response(row) for row in rows[:limit]]
    record(request, "export.table", f"responses {pulse}".strip(), rows=len(shown))
    return {"items": shown, "next": shown[-1]["response"] if len(rows) > limit else None}


def _response(row: Response) -> dict[str, Any]:
    return {
        "response": row.id,
        "pulse": row.pulse.slug,
        "wave": row.wave.code if row.wave else None,
        "invitation": row.invitation_id,
        "questionnaire": row.version.questionnaire.slug,
        "version": row.version.number,
        "state": row.state,
        "language": row.language,
        "asked_by": row.asked_by,
        "touchpoint": row.touchpoint or None,
        "channel": row.channel or None,
        "answers": row.answers,
        "flags": row.flags,
        "started_at": row.started_at.isoformat(),
        "completed_at": row.completed_at.isoformat() if row.completed_at else None,
    }


def _found[M: (Questionnaire, Pulse)](kind: type[M], slug: str) -> M:
    found = kind.objects.filter(slug=slug).first()
    if found is None:
        raise Http404(slug)
    return found
