"""`viaggio pulse`: questionnaires and pulses, what is due, scores, coverage, answers in and out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from viaggio.cli.output import PeriodType, figure, formats, interval, population, show, workspace_option
from viaggio.kernel import Period, ViaggioError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from viaggio.pulse.questionnaire import Questionnaire as Asked
    from viaggio.store.questionnaires import Response as Sheet
    from viaggio.store.workspace import Workspace
    from viaggio.web.pulse.models import Pulse, Questionnaire
    from viaggio.web.shared.models import User

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_SCORES = ("nps", "csat_top", "csat_mean", "ces", "cx_index")
ENDINGS = (".csv", ".xlsx", ".sav", ".json")


def _opened(folder: Path | None) -> "Workspace":
    from viaggio.store.workspace import find_workspace, open_workspace
    from viaggio.web.serve import prepare

    workspace = open_workspace(find_workspace(folder))
    prepare(workspace.root)
    return workspace


def _person(email: str) -> "User":
    from viaggio.web.shared.models import User

    found = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if found is None:
        raise ViaggioError(f"nobody signs in as {email}", hint="See 'viaggio user list'.")
    return found


def _pulse(slug: str) -> "Pulse":
    from viaggio.web.pulse.models import Pulse

    found = Pulse.objects.filter(slug=slug).select_related("questionnaire", "version").first()
    if found is None:
        known = ", ".join(Pulse.objects.values_list("slug", flat=True)) or "none"
        raise ViaggioError(f"pulse '{slug}' is not known", hint=f"Known: {known}.")
    return found


as_person = click.option("--as", "email", required=True, metavar="E-MAIL", help="The person who does it.")


@click.group()
def pulse() -> None:
    """Ask customers, and read what they say."""


@pulse.command("list")
@workspace_option
@formats
def list_(folder: Path | None, form: str) -> None:
    """List the pulses with their state and newest wave."""
    _opened(folder)
    from viaggio.web.pulse.models import Pulse

    rows = []
    for found in Pulse.objects.select_related("questionnaire", "version"):
        wave = found.waves.order_by("-code").first()
        rows.append(
            (
                found.slug,
                found.kind,
                found.state,
                found.questionnaire.slug,
                found.version.number if found.version else None,
                wave.code if wave else None,
            )
        )
    show(form, ("pulse", "kind", "state", "questionnaire", "version", "wave"), rows)


@pulse.command()
@click.argument("name")
@click.option("--questionnaire", required=True, help="A ready one (see --list-ready), a file, or a slug.")
@click.option("--plan", type=_FILE, help="JSON of the plan; default: after a delivery, by e-mail.")
@click.option("--start", is_flag=True, help="Begin to ask at once.")
@as_person
@workspace_option
def new(
    name: str, questionnaire: str, plan: Path | None, start: bool, email: str, folder: Path | None
) -> None:
    """Make a pulse called NAME."""
    _opened(folder)
    import json

    from django.utils import timezone

    from viaggio.pulse.fielding import Event, Plan, PulseKind, Trigger, plan_from_data
    from viaggio.web.pulse.services import programmes

    by = _person(email)
    wanted = (
        plan_from_data(json.loads(plan.read_text(encoding="utf-8")))
        if plan
        else Plan(kind=PulseKind.EVENT, trigger=Trigger(event=Event.DELIVERY))
    )
    made = programmes.create(
        {"it": name, "en": name}, _questionnaire(questionnaire, by), wanted, by=by, now=timezone.now()
    )
    if start:
        programmes.publish(made, by=by, now=timezone.now())
    click.echo(made.slug)


def _questionnaire(wanted: str, by: "User") -> "Questionnaire":
    from django.utils import timezone

    from viaggio.pulse.bank import READY
    from viaggio.store.questionnaires import read_questionnaire
    from viaggio.web.pulse.models import Questionnaire
    from viaggio.web.pulse.services import building

    known = Questionnaire.objects.filter(slug=wanted).first()
    if known is not None:
        return known
    if wanted in READY:
        return building.create(READY[wanted], by=by, now=timezone.now())
    path = Path(wanted)
    if not path.is_file():
        raise ViaggioError(f"'{wanted}' is no questionnaire", hint=f"Ready: {', '.join(READY)}; or a file.")
    definition, report = read_questionnaire(path.read_bytes(), path.name)
    for lossy in report.lossy:
        click.echo(f"{lossy.place}: {lossy.code} {lossy.detail}".rstrip(), err=True)
    return building.create(definition, by=by, now=timezone.now())


@pulse.command()
@click.argument("slug")
@click.argument("verb", type=click.Choice(["start", "pause", "end"]))
@as_person
@workspace_option
def move(slug: str, verb: str, email: str, folder: Path | None) -> None:
    """Start, pause or end a pulse."""
    _opened(folder)
    from django.utils import timezone

    from viaggio.web.pulse.services import programmes

    by, found = _person(email), _pulse(slug)
    if verb == "start":
        programmes.publish(found, by=by, now=timezone.now())
    else:
        {"pause": programmes.pause, "end": programmes.end}[verb](found, by=by)
    click.echo(f"{slug}: {verb}")


@pulse.command()
@workspace_option
@formats
def draw(folder: Path | None, form: str) -> None:
    """Do what is due now: draws, reminders, expiry, answers into the facts. The server does so by itself."""
    workspace = _opened(folder)
    from django.utils import timezone

    from viaggio.store.fold import fold
    from viaggio.web.pulse.services.schedule import tick

    done = tick(timezone.now())
    if getattr(done, "busy", False):
        raise ViaggioError("another process is at it", hint="Try again in a moment.")
    fold(workspace)
    rows = [(name, getattr(done, name)) for name in done.__dataclass_fields__ if name != "busy"]
    show(form, ("what", "number"), [(name, str(value)) for name, value in rows])


@pulse.command()
@workspace_option
def send(folder: Path | None) -> None:
    """Send what waits in the queue, mails, messages and webhook calls. The server does it by itself."""
    _opened(folder)
    from django.utils import timezone

    from viaggio.web.shared.post.queue import CHANNELS
    from viaggio.web.shared.post.setup import connections
    from viaggio.web.shared.post.worker import send_due
    from viaggio.web.shared.worker import worker_name

    setup, name, tried = connections(), worker_name(), 0
    for channel in CHANNELS:
        while sent := send_due(channel, name, setup, clock=timezone.now):
            tried += sent
    click.echo(f"{tried} sent or tried")


@pulse.command()
@click.argument("slug")
@click.argument("wave", required=False)
@workspace_option
@formats
def coverage(slug: str, wave: str | None, folder: Path | None, form: str) -> None:
    """What became of everybody whom the pulse could have asked in a WAVE (default: the newest)."""
    _opened(folder)
    from viaggio.web.pulse.api import ledger_data
    from viaggio.web.pulse.services.ledger import ledger

    waves = _pulse(slug).waves.select_related("pulse").order_by("-code")
    found = waves.filter(code=wave).first() if wave else waves.first()
    if found is None:
        raise ViaggioError(f"{slug} has no wave {wave or ''}".rstrip(), hint="Nobody was drawn yet.")
    data = ledger_data(found, ledger(found))
    rows: list[tuple[Any, ...]] = [
        (outcome, reason or None, count)
        for outcome, reasons in data["outcomes"].items()
        for reason, count in sorted(reasons.items())
    ]
    rows.append(("units", None, data["units"]))
    show(form, ("outcome", "reason", "units"), rows, document=data)


@pulse.command()
@workspace_option
@click.option("--period", type=PeriodType(), help="Default: all data.")
@click.option("--compare", type=click.Choice(["previous", "year"]), default="previous", show_default=True)
@click.option("--where", multiple=True, metavar="DIMENSION=VALUE[,VALUE]")
@click.option("--by", metavar="DIMENSION", help="One row for each value, beside the total.")
@click.option("--weights", default="none", show_default=True, help="none, or a scheme such as calibrated.")
@formats
def score(
    folder: Path | None,
    period: Period | None,
    compare: str,
    where: tuple[str, ...],
    by: str | None,
    weights: str,
    form: str,
) -> None:
    """Scores with interval and verdict: improved, worsened, no clear change, or too few answers."""
    from viaggio.store.changes import Screen, changes
    from viaggio.store.engine import engine
    from viaggio.store.readings import data_period
    from viaggio.store.workspace import find_workspace, open_workspace

    source = engine(open_workspace(find_workspace(folder)))
    now = period or data_period(source)
    if now is None:
        raise ViaggioError("there are no facts yet", hint="Bring some in with 'viaggio import'.")
    before = now.previous() if compare == "previous" else now.year_before()
    screen = Screen(
        metrics=_SCORES, cuts=((), (by,)) if by else ((),), population=population(where), weights=weights
    )
    found = [change for change in changes(source, screen, now, before) if change.now.has_value]
    columns = ("metric", "by", "value", "interval", "n", "before", "verdict", "adjusted_p")
    rows = [
        (
            change.metric,
            ", ".join(f"{name}={value}" for name, value in change.by) or None,
            figure(change.now),
            interval(change.now),
            change.now.n,
            figure(change.before),
            str(change.judged.verdict),
            change.judged.adjusted,
        )
        for change in found
    ]
    document = [
        change.now.plain() | {"before": change.before.plain(), "verdict": str(change.judged.verdict)}
        for change in found
    ]
    show(form, columns, rows, document=document)
    sys.exit(0 if found else 1)


@pulse.command()
@click.argument("slug")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--language", type=click.Choice(["it", "en"]), default="it", show_default=True)
@workspace_option
def export(slug: str, target: Path, language: str, folder: Path | None) -> None:
    """Write the complete responses of a pulse's newest version as .csv, .xlsx, .sav or .json."""
    _opened(folder)
    from viaggio.store.questionnaires import answers_csv, answers_excel, answers_json, answers_spss
    from viaggio.web.pulse.services.versions import questionnaire_of

    if target.suffix not in ENDINGS:
        raise ViaggioError(f"'{target.suffix}' is no ending of answers", hint=f"Known: {', '.join(ENDINGS)}.")
    found = _pulse(slug)
    if found.version_id is None:
        raise ViaggioError(f"{slug} never asked anybody", hint="Start it first.")
    asked: Asked = questionnaire_of(found.version_id)
    aside = target.with_name(f".{target.name}.part{target.suffix}")
    if target.suffix == ".sav":
        answers_spss(asked, _responses(found), aside, language=language)
    else:
        with aside.open("wb") as out:
            if target.suffix == ".xlsx":
                answers_excel(asked, _responses(found), out)
            else:
                write = answers_csv if target.suffix == ".csv" else answers_json
                for piece in write(asked, _responses(found)):
                    out.write(piece)
    aside.replace(target)
    click.echo(str(target))


def _responses(found: "Pulse") -> "Iterator[Sheet]":
    from viaggio.store.questionnaires import Response as Sheet
    from viaggio.web.pulse.models import Response

    rows = Response.objects.filter(pulse=found, version=found.version, state="complete").order_by("id")
    for row in rows.iterator(chunk_size=2000):
        answered = row.completed_at or row.changed_at
        yield Sheet(id=row.id, answered_at=answered.isoformat(), language=row.language, answers=row.answers)


@pulse.command("import")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--recipe", type=click.Choice(["qualtrics", "spss"]), help="Default: by the ending.")
@workspace_option
def import_(files: tuple[Path, ...], recipe: str | None, folder: Path | None) -> None:
    """Bring in answers given elsewhere: Qualtrics CSV (with its .qsf), SPSS .sav or .zsav."""
    from viaggio.store.fold import fold
    from viaggio.store.intake import land_recipe
    from viaggio.store.workspace import find_workspace, open_workspace

    workspace = open_workspace(find_workspace(folder))
    wanted = recipe or ("spss" if files[0].suffix in {".sav", ".zsav"} else "qualtrics")
    item, new_one = land_recipe(workspace, {path.name: path for path in files}, wanted, {}, by="command line")
    fold(workspace)
    click.echo(f"item {item.seq}" + ("" if new_one else ": these files were here already"))
