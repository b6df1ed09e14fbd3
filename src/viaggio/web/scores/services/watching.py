"""Tell me when a figure really changes: all watched figures are tested together, once for each month."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db import transaction
from django.utils import translation

from viaggio.kernel import EVERYBODY, Period, Population
from viaggio.web.scores.models import Look, Watch
from viaggio.web.scores.services.screen import SCORES
from viaggio.web.shared.alerts import Finding, alert, wanting
from viaggio.web.shared.audit import record
from viaggio.web.shared.desk import schemes_of
from viaggio.web.shared.extent import Extent, extent
from viaggio.web.shared.models import User
from viaggio.web.shared.names import code_name, touchpoint_name
from viaggio.web.shared.names.weighting import UNWEIGHTED
from viaggio.web.shared.permissions import allow, may, scope_of
from viaggio.web.shared.roles import Right
from viaggio.web.shared.spans import named_span
from viaggio.web.shared.workspace import current_engine, workspace

if TYPE_CHECKING:
    from viaggio.store.changes import Change
    from viaggio.store.engine import Engine

KINDS = {"improved": "score.improved", "worsened": "score.worsened"}


class NotWatchable(Exception):
    """The figure is no score, or names rows that the person may not see."""


def figure_of(metric: str, where: dict[str, str]) -> str:
    """The same text for the same figure, whoever watches it."""
    return sha256(f"{metric} {sorted(where.items())}".encode()).hexdigest()


@transaction.atomic
def watch(user: User, metric: str, where: dict[str, str], *, by_mail: bool, now: datetime) -> Watch:
    """Let a person be told of a figure; raises `NotWatchable`."""
    allow(user, Right.SEE_FIGURES)
    if metric not in SCORES or not within_scope(user, where):
        raise NotWatchable(metric)
    made, _new = Watch.objects.update_or_create(
        user=user,
        figure=figure_of(metric, where),
        defaults={"metric": metric, "where": where, "by_mail": by_mail, "made_at": now},
    )
    record(user, "scores.watch.begun", metric, mail=by_mail, **{f"where_{k}": v for k, v in where.items()})
    return made


@transaction.atomic
def unwatch(user: User, pk: int) -> bool:
    """Stop telling a person of a figure; False when it is not theirs."""
    allow(user, Right.SEE_FIGURES)
    mine = Watch.objects.filter(user=user, pk=pk).first()
    if mine is None:
        return False
    record(user, "scores.watch.ended", mine.metric)
    mine.delete()
    return True


def within_scope(user: User, where: dict[str, str]) -> bool:
    """Whether every limit of what the person may see is met by what the figure speaks of."""
    return all(where.get(dimension) in values for dimension, values in scope_of(user).where.items())


def look(now: datetime) -> int:
    """Test every watched figure of the last whole month against the month before; returns alerts raised.

    Each month is looked at once, so that the false-alarm rate holds over all watched figures together.
    """
    engine, here = current_engine(), workspace()
    held = extent(engine, here.zone, now.astimezone(here.zone).date())
    period = named_span("month", held.first, held.last)
    watches = [w for w in Watch.objects.select_related("user").order_by("id") if _may_hear(w)]
    if period is None or not watches or Look.objects.filter(wave=str(period)).exists():
        return 0
    found = judge(engine, watches, period)
    with transaction.atomic():
        _row, first = Look.objects.get_or_create(
            wave=str(period),
            defaults={"at": now, "found": {"tested": len(found), "figures": sorted(found)}},
        )
        if not first:
            return 0
        raised = [_raise(change, figure, watches, held, now) for figure, change in found.items()]
    return sum(raised)


def _may_hear(one: Watch) -> bool:
    return one.user.is_active and may(one.user, Right.SEE_FIGURES) and within_scope(one.user, one.where)


def judge(engine: "Engine", watches: Sequence[Watch], period: Period) -> dict[str, "Change"]:
    """The judged change of every watched figure, tested together; by figure."""
    from viaggio.estimate.monitor import verdicts
    from viaggio.store.changes import Screen, changes

    scheme = next(iter(schemes_of(engine)), UNWEIGHTED)
    figures: dict[str, Change] = {}
    for one in watches:
        if one.figure not in figures:
            screen = Screen(
                metrics=(one.metric,), population=population_of(one.where), weights=scheme,
                minimum_cell=engine.workspace.settings.minimum_cell,
            )  # fmt: skip
            found = changes(engine, screen, period, period.previous())
            if found:
                figures[one.figure] = found[0]
    over_all = verdicts([change.judged.difference for change in figures.values()])
    return {
        figure: replace(change, judged=verdict)
        for (figure, change), verdict in zip(figures.items(), over_all, strict=True)
    }


def population_of(where: dict[str, str]) -> Population:
    """The rows that a watched figure is about."""
    return EVERYBODY.narrowed(**{name: [value] for name, value in where.items()})


def _raise(change: "Change", figure: str, watches: Sequence[Watch], held: Extent, now: datetime) -> bool:
    """One alert, where the test says that the figure changed."""
    kind = KINDS.get(str(change.judged.verdict))
    if kind is None:
        return False
    mine = [one for one in watches if one.figure == figure]
    where, metric, period = mine[0].where, mine[0].metric, change.now.period
    of = tuple(sorted(where.items()))
    recipients = {one.user.pk: one.user for one in mine if one.by_mail}
    recipients |= {user.pk: user for user in wanting(kind, of)}
    query = urlencode({"period": str(period), **where, "weights": change.now.weighting})
    finding = Finding(
        reading=change.now,
        before=change.before,
        of=of,
        test="t, Benjamini-Hochberg over all watched figures",
        p=change.judged.adjusted,
        path=f"/scores/{metric}/?{query}",
        names={language: _names(of, held, language) for language in ("it", "en")},
    )
    return alert(kind, f"score {figure[:40]} {period}", finding, recipients.values(), now)


def _names(of: Sequence[tuple[str, str]], held: Extent, language: str) -> str:
    """What an alert speaks of, in a language."""
    with translation.override(language):
        return ", ".join(
            touchpoint_name(value, held.touchpoints) if name == "touchpoint" else code_name(name, value)
            for name, value in of
        )


def last_look() -> Look | None:
    """The newest month that was looked at."""
    return Look.objects.first()
