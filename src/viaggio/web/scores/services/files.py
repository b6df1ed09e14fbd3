"""The tables of the scores pages as rows of plain values, for CSV and Excel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from viaggio.kernel import Flag, Reading
from viaggio.measure.catalogue import Metric
from viaggio.web.scores.services.cross import changes_of, groups_of, shown_rows
from viaggio.web.scores.services.moves import surprise
from viaggio.web.scores.services.screen import PILLAR_SCORES, SCORES, SCREEN, judged
from viaggio.web.scores.services.words import difference_bounds, verdict_word
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import dimension_name, metric_name
from viaggio.web.shared.names.weighting import UNWEIGHTED
from viaggio.web.shared.trends import spans_of

if TYPE_CHECKING:
    from viaggio.store.changes import Change


@dataclass(frozen=True, slots=True)
class File:
    """Columns, rows and a name for the file."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]
    name: str


class NoSuchTable(Exception):
    """The page has no table of that name."""


def of_readings(
    readings: Iterable[Reading],
    name: str,
    by: tuple[str, ...] = (),
    found: Mapping[tuple[tuple[str, str], ...], "Change"] | None = None,
) -> File:
    """One line per reading; shares from 0 to 1, the verdict where it was compared."""
    columns = (
        _("metric"), _("name"), _("version"), _("from"), _("to"), *(dimension_name(d).lower() for d in by),
        _("value"), _("unit"), _("n"), _("low"), _("high"), _("weighting"), _("notes"), _("verdict"),
    )  # fmt: skip
    rows = [_row(r, by, (found or {}).get(r.by)) for r in readings]
    return File(columns, rows, name)


def _row(r: Reading, by: tuple[str, ...], change: "Change | None") -> tuple[object, ...]:
    group = dict(r.by)
    return (
        r.metric, metric_name(r.metric), r.version, r.period.start.isoformat(), r.period.last.isoformat(),
        *(group.get(d, "") for d in by), r.value, r.unit.value, None if Flag.HIDDEN in r.flags else r.n,
        r.low, r.high, r.weighting, " ".join(sorted(r.flags)),
        verdict_word(str(change.judged.verdict)) if change else None,
    )  # fmt: skip


def overview_file(desk: Desk, table: str) -> File:
    """One of the scores page's tables; raises `NoSuchTable`."""
    period = desk.filters.period
    if table == "scores":
        schemes = dict.fromkeys((desk.weights, UNWEIGHTED))
        asked = [replace(desk, weights=scheme).totals(SCREEN, [period]) for scheme in schemes]
        return of_readings([by_span[period] for one in asked for by_span in one.values()], "scores")
    if table == "all":
        return of_readings(
            [by_span[period] for by_span in desk.totals(SCORES, [period]).values()], "all scores"
        )
    if table == "trend":
        return of_readings(desk.totals(["nps"], spans_of(desk))["nps"].values(), "trend nps")
    if table == "pillars":
        found = desk.totals(PILLAR_SCORES, desk.periods)
        return of_readings([r for by_span in found.values() for r in by_span.values()], "pillars")
    if table == "heat":
        by = ("touchpoint",)
        asked_by = desk.ask(PILLAR_SCORES, [period], by=by)
        rows = [r for by_span in asked_by.values() for r in by_span[period]]
        return of_readings(rows, "pillars by touchpoint", by)
    if table == "changes":
        return changes_file(judged(desk), "changes")
    raise NoSuchTable(table)


def score_file(desk: Desk, declared: Metric, by: tuple[str, ...], table: str) -> File:
    """One score by its dimensions; raises `NoSuchTable`."""
    if table != "by":
        raise NoSuchTable(table)
    slug = declared.slug
    rows = shown_rows(desk, groups_of(desk, slug, by), by)
    return of_readings(rows, f"{slug} by {' and '.join(by)}", by, changes_of(desk, slug, by))


def changes_file(found: Sequence["Change"], name: str) -> File:
    """Every difference that was looked at, tested or not, the most surprising first."""
    columns = (
        _("metric"), _("name"), _("group"), _("value"), _("value before"), _("n"), _("n before"), _("change"),
        _("low"), _("high"), _("p"), _("adjusted p"), _("verdict"),
    )  # fmt: skip
    return File(columns, [_change_row(change) for change in sorted(found, key=surprise)], name)


def _change_row(change: "Change") -> tuple[object, ...]:
    judged_one, bounds = change.judged, difference_bounds(change) or (None, None)
    hidden = Flag.HIDDEN in change.now.flags | change.before.flags
    sizes = (None, None) if hidden else (change.now.n, change.before.n)
    return (
        change.metric, metric_name(change.metric), "; ".join(f"{d}={v}" for d, v in change.by),
        change.now.value, change.before.value, *sizes, judged_one.difference.value, *bounds, judged_one.p,
        judged_one.adjusted, verdict_word(str(judged_one.verdict)),
    )  # fmt: skip
