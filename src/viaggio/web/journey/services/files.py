"""The tables behind the pages as rows of plain values, for CSV and Excel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from viaggio.journey.kernels.touchpoint_steps import LEFT
from viaggio.kernel import Flag, Period, Reading, Unit
from viaggio.measure.catalogue import CATALOGUE, Metric
from viaggio.web.journey.services.cases import columns_of
from viaggio.web.journey.services.flows import flow_view
from viaggio.web.journey.services.metrics import CUTS
from viaggio.web.journey.services.overview import SCORES
from viaggio.web.journey.services.rows import behind, rows_behind
from viaggio.web.journey.services.touchpoints import score_columns, touchpoint_rows
from viaggio.web.shared.customer_names import names_of, pseudonym
from viaggio.web.shared.desk import Desk, bins_of, first_of
from viaggio.web.shared.names import PILLARS, dimension_name, metric_name, metric_short, touchpoint_name
from viaggio.web.shared.trends import spans_of

MOST_CASES = 200_000  # rows of one file


@dataclass(frozen=True, slots=True)
class File:
    """Columns, rows and a name for the file."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]
    name: str


class NoSuchTable(Exception):
    """The page has no table of that name."""


def of_readings(readings: Iterable[Reading], name: str, by: tuple[str, ...] = ()) -> File:
    """One line per reading; money in whole units of its currency, shares from 0 to 1."""
    columns = (
        _("metric"), _("name"), _("version"), _("from"), _("to"), *(dimension_name(d).lower() for d in by),
        _("value"), _("unit"), _("n"), _("low"), _("high"), _("notes"),
    )  # fmt: skip
    rows = [
        (
            r.metric, metric_name(r.metric), r.version, r.period.start.isoformat(), r.period.last.isoformat(),
            *(dict(r.by).get(d, "") for d in by),
            plain(r.value, r), r.currency or r.unit.value, None if Flag.HIDDEN in r.flags else r.n,
            plain(r.low, r), plain(r.high, r), " ".join(sorted(r.flags)),
        )
        for r in readings
    ]  # fmt: skip
    return File(columns, rows, name)


def plain(value: float | None, reading: Reading) -> float | None:
    """A value as a spreadsheet wants it."""
    return value / 100 if value is not None and reading.unit is Unit.CENTS else value


def _flat(asked: Mapping[str, Mapping[Period, Sequence[Reading]]]) -> Iterable[Reading]:
    for by_span in asked.values():
        for found in by_span.values():
            yield from found


def overview_file(desk: Desk, table: str) -> File:
    """One of the journey page's tables; raises `NoSuchTable`."""
    available = desk.available()
    score = first_of(SCORES, available) or "interactions"
    if table == "metrics":
        return of_readings(_flat(desk.ask(CATALOGUE, desk.periods)), "metrics")
    if table == "phases":
        return of_readings(_flat(desk.ask([score], desk.periods, by=("phase",))), "phases", ("phase",))
    if table == "trend":
        return of_readings(_flat(desk.ask([score], spans_of(desk))), f"trend {score}")
    if table == "pillars":
        return of_readings(_flat(desk.ask([f"pillar_{p}" for p in PILLARS], desk.periods)), "pillars")
    if table == "heat":
        by = ("touchpoint", "channel")
        return of_readings(
            _flat(desk.ask([score], [desk.filters.period], by=by)), "touchpoints by channel", by
        )
    if table == "flow":
        return _flow(desk)
    raise NoSuchTable(table)


def _flow(desk: Desk) -> File:
    names = {slug: touchpoint_name(slug, desk.extent.touchpoints) for slug in desk.extent.touchpoints}
    end = {LEFT: _("ends here")}
    rows: list[tuple[object, ...]] = [
        (a, names.get(a, a), "" if b == LEFT else b, end.get(b) or names.get(b, b), n)
        for a, b, n in flow_view(desk).links
    ]
    return File((_("from"), _("from, name"), _("to"), _("to, name"), _("customers")), rows, "flow")


def metric_file(desk: Desk, declared: Metric, table: str) -> File:
    """One of a metric page's tables: its trend or a cut; raises `NoSuchTable`."""
    slug = declared.slug
    if table == "trend":
        return of_readings(_flat(desk.ask([slug], bins_of(desk.filters.period))), f"trend {slug}")
    dimension = table.removeprefix("by-")
    if dimension in CUTS and dimension in declared.dimensions:
        asked = desk.ask([slug], desk.periods, by=(dimension,))
        return of_readings(_flat(asked), f"{slug} by {dimension}", (dimension,))
    raise NoSuchTable(table)


def touchpoints_file(desk: Desk) -> File:
    """The list of touchpoints with their figures."""
    scores = score_columns(desk)
    columns = (
        _("touchpoint"), _("name"), _("phase"), _("owner"), _("channels"), _("interactions"),
        *(metric_short(slug) for slug in scores),
    )  # fmt: skip
    now = desk.filters.period
    asked = {slug: desk.groups(slug, [now], ("touchpoint",))[now] for slug in (*scores, "interactions")}
    rows: list[tuple[object, ...]] = []
    for row in touchpoint_rows(desk):
        values = [asked[slug].get((row.slug,)) for slug in ("interactions", *scores)]
        figures = [None if r is None else plain(r.value, r) for r in values]
        rows.append((row.slug, row.name, row.phase, row.owner, row.channels, *figures))
    return File(columns, rows, "touchpoints")


def cases_file(desk: Desk, declared: Metric) -> File:
    """The rows behind a metric; customers by pseudonym, by name only for people who may see them."""
    source = behind(declared)
    found: Any = rows_behind(desk, declared)
    if found is None or source is None:
        raise NoSuchTable(declared.slug)
    import ibis

    kind = source[0]

    columns = columns_of(kind)
    keys = [c.key for c in columns if c.key in found.columns]
    extra = [name for name in ("currency", "customer") if name in found.columns]
    chosen = found.select(*dict.fromkeys([*keys, *extra, "source", "id"]))
    rows = desk.engine.run(chosen.order_by(ibis.desc("at"), "source", "id").limit(MOST_CASES)).to_pylist()
    names = names_of(desk, [row.get("customer") for row in rows])
    lines: list[tuple[object, ...]] = [
        (
            *(_plain_cell(desk, key, row[key]) for key in keys),
            names.get(row.get("customer") or 0) or pseudonym(row.get("customer")),
            row.get("currency"), row["source"], row["id"] if desk.sees_customers else None,
        )
        for row in rows
    ]  # fmt: skip
    head = {c.key: c.name for c in columns}
    titles = (*(head[key] for key in keys), _("Customer"), _("Currency"), _("Source"), _("Id"))
    return File(titles, lines, f"{declared.slug} {kind}")


def _plain_cell(desk: Desk, key: str, value: Any) -> object:
    if value is None:
        return None
    if key.endswith("_cents"):
        return value / 100
    if key == "at" or key.endswith("_at"):
        return value.astimezone(desk.workspace.zone)
    return value
