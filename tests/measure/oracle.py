"""Counts and sums of scores by another way: relational expressions over the tables, run by DuckDB."""

from viaggio.measure.bases import LARGEST, exact_squares, exact_sum, with_delivery
from viaggio.measure.cuts import cell, rows_of, tally

_SCALE = ("scale_min", "scale_max")


def answered(tables, kinds, cut, *columns: str):
    """Answers that feed one of some metrics, cut, with `valid`: whether the value lies on its scale."""
    answers = tables.answers
    answers = answers.filter(answers.metric.isin(kinds), answers.value.notnull())
    if "delivery" in cut.dimensions:
        answers = with_delivery(answers, tables.orders)
    rows = rows_of(answers, "answered_at", cut, "value", "scale_min", "scale_max", *columns)
    on_scale = rows.value.between(rows.scale_min, rows.scale_max) & (rows.scale_min < rows.scale_max)
    return rows.mutate(valid=(on_scale & rows.value.between(-LARGEST, LARGEST)).fill_null(False))


def measure_scores(tables, cut):
    """Counts and sums of the answers per cell, metric and scale.

    `promoters` (9-10) and `detractors` (0-6) mean something on 0-10 only, `top` are the two best boxes.
    """
    rows = answered(tables, ("nps", "csat", "ces", "review"), cut, "metric")
    return tally(
        rows, cut, "metric", *_SCALE,
        n=rows.count(where=rows.valid),
        promoters=rows.count(where=rows.valid & (rows.value >= 9)),
        detractors=rows.count(where=rows.valid & (rows.value <= 6)),
        top=rows.count(where=rows.valid & (rows.value >= rows.scale_max - 1)),
        total=exact_sum(rows.value, rows.valid),
        squares=exact_squares(rows.value, rows.valid),
        outside=rows.count(where=~rows.valid),
    )  # fmt: skip


def measure_pillars(tables, cut):
    """Responses per cell and pillar, with the sums of their mean item scores, scaled to 0-100."""
    rows = answered(tables, ("pillar",), cut, "pillar", "source", "response")
    rows = rows.mutate(scaled=100 * (rows.value - rows.scale_min) / (rows.scale_max - rows.scale_min))
    responses = rows.group_by(cell(cut, "pillar", "source", "response")).aggregate(
        customer=rows.customer.min(),
        score=rows.scaled.mean(where=rows.valid),
        outside=rows.count(where=~rows.valid),
    )
    return tally(
        responses, cut, "pillar",
        n=responses.score.count(),
        total=exact_sum(responses.score, responses.score.notnull()),
        squares=exact_squares(responses.score, responses.score.notnull()),
        outside=responses.outside.sum(),
    )  # fmt: skip
