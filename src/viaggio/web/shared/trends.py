"""Trends of metrics as charts: bins, intervals, and the period before at the same places."""

from collections.abc import Mapping

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from viaggio.kernel import Period, Reading, Unit
from viaggio.measure.catalogue import metric
from viaggio.web.shared import formats
from viaggio.web.shared.charts import Chart, Point, trend
from viaggio.web.shared.desk import Desk, bins_of, pairs, step_of
from viaggio.web.shared.names import metric_base, metric_name, metric_short


def spans_of(desk: Desk) -> list[Period]:
    """All periods that a trend with its comparison needs."""
    before = desk.filters.compare
    return [*bins_of(desk.filters.period), *(bins_of(before) if before else [])]


def bin_label(period: Period, step: str) -> str:
    """A bin on the axis: day, week by its first day, month, quarter; a January carries its year."""
    if step == "quarter":
        words = formats.period_text(period)
        return words if period.start.month == 1 else words.split(" ")[0]
    if step == "month":
        text = date_format(period.start, "M y" if period.start.month == 1 else "M")
    else:
        text = date_format(period.start, "j M")
    return text.lower() if formats.reader_language() == "it" else text


def series(readings: Mapping[Period, Reading], period: Period) -> list[float | None]:
    """The values of a trend in the order of its bins."""
    return [
        float(r.value) if (r := readings.get(bin_)) is not None and r.value is not None else None
        for bin_ in bins_of(period)
    ]


def trend_chart(
    desk: Desk, slug: str, readings: Mapping[Period, Reading], *, key: str, width: float = 680.0
) -> Chart:
    """The chart of one metric from readings of every bin."""
    period, compare = desk.filters.period, desk.filters.compare
    step = step_of(period)
    now = bins_of(period)
    earlier = pairs(now, bins_of(compare) if compare else [])
    points = [_point(desk, bin_, readings, earlier.get(bin_), step) for bin_ in now]
    declared = metric(slug)
    sample = next((r for r in readings.values() if r.scale is not None or r.currency is not None), None)
    scale = sample.scale if sample else declared.scale
    unit, currency = declared.unit, sample.currency if sample else None

    def say(value: float) -> str:
        return formats.value_text(value, unit, currency=currency)

    return trend(
        points,
        key=key,
        title=title_of(slug, step),
        about=_("One point for each %(step)s, with the interval at 95%%; dashed: the period before.")
        % {"step": step_name(step)},
        name=metric_short(slug),
        say=say,
        axis=lambda value: axis_text(value, unit, currency),
        base=metric_base(declared.base),
        width=width,
        limits=(0.0, 1.0) if unit is Unit.SHARE and slug != "revenue_growth" else scale,
    )


def axis_text(value: float, unit: Unit, currency: str | None) -> str:
    """A tick: round values need no decimals of theirs."""
    if unit is Unit.SHARE:
        return formats.share(value, 0 if abs(value * 100 - round(value * 100)) < 1e-6 else 1)
    if unit is Unit.CENTS:
        return (
            formats.money(value, currency, short=True) if abs(value) >= 100_000 else _euros(value, currency)
        )
    if unit in {Unit.SCORE, Unit.RATIO}:
        return formats.number(
            value, 0 if value == round(value) else 1 if round(value, 1) == round(value, 6) else 2
        )
    return formats.value_text(value, unit, currency=currency)


def _euros(cents: float, currency: str | None) -> str:
    return formats.money(cents, currency).replace(",00", "").replace(".00", "")


def step_name(step: str) -> str:
    """A bin's length in words."""
    return {"day": _("day"), "week": _("week"), "month": _("month"), "quarter": _("quarter")}[step]


def title_of(slug: str, step: str) -> str:
    """What the chart shows."""
    titles = {
        "day": _("%(metric)s by day"),
        "week": _("%(metric)s by week"),
        "month": _("%(metric)s by month"),
        "quarter": _("%(metric)s by quarter"),
    }
    return titles[step] % {"metric": metric_short(slug) if slug == "nps" else metric_name(slug)}


def _point(
    desk: Desk, bin_: Period, readings: Mapping[Period, Reading], earlier: Period | None, step: str
) -> Point:
    reading = readings.get(bin_)
    past = readings.get(earlier) if earlier else None
    return Point(
        label=bin_label(bin_, step),
        name=formats.period_text(bin_),
        value=_number(reading.value) if reading else None,
        low=_number(reading.low) if reading else None,
        high=_number(reading.high) if reading else None,
        n=reading.n if reading else 0,
        before=_number(past.value) if past else None,
        href=desk.filters.query(period=str(bin_)),
    )


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
