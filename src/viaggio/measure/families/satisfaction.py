"""What customers answer: recommendation, satisfaction, effort, reviews."""

from viaggio.kernel import Direction, Unit
from viaggio.measure import estimates
from viaggio.measure.bases import ANSWER_DIMENSIONS_OF_ORDERS, answered, exact_squares, exact_sum
from viaggio.measure.cuts import tally
from viaggio.measure.model import Cut, Metric, Table, Tables

_SCALE = ("scale_min", "scale_max")
_NEEDS = {"answers": ("metric", "value", *_SCALE, "answered_at"), "orders": ()}


def measure_scores(tables: Tables, cut: Cut) -> Table:
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


METRICS = (
    Metric(
        slug="nps", unit=Unit.POINTS, better=Direction.UP, family="satisfaction",
        needs=_NEEDS, covered_by=("answers",), dimensions=ANSWER_DIMENSIONS_OF_ORDERS, min_n=30,
        scale=(-100.0, 100.0),
        base="answers", definition="nps.promoters_9_10_less_detractors_0_6",
        about="""100 * (promoters - detractors) / answers on the 0 to 10 recommendation question: promoters
        give 9 or 10, detractors 0 to 6. Skipped questions are no answers and do not count. Answers on any
        scale but 0 to 10 leave the cell without a value (mixed_scale). t interval on n - 1 degrees of
        freedom; under 30 answers, or when all answers are of one kind, the score interval.""",
        part=(("metric", "nps"),), measure=measure_scores, estimate=estimates.score_nps,
    ),
    Metric(
        slug="csat_top", unit=Unit.SHARE, better=Direction.UP, family="satisfaction",
        needs=_NEEDS, covered_by=("answers",), dimensions=ANSWER_DIMENSIONS_OF_ORDERS, min_n=30,
        base="answers", definition="csat.top_two_boxes",
        about="""Share of satisfaction answers in the two best boxes of the scale: 4 or 5 of 1 to 5. Answers
        on several scales leave the cell without a value. Wilson interval.""",
        part=(("metric", "csat"),), measure=measure_scores, estimate=estimates.score_top,
    ),
    Metric(
        slug="csat_mean", unit=Unit.SCORE, better=Direction.UP, family="satisfaction",
        needs=_NEEDS, covered_by=("answers",), dimensions=ANSWER_DIMENSIONS_OF_ORDERS, min_n=30,
        base="answers", definition="csat.mean",
        about="""Mean of the satisfaction answers, on the scale that the reading states. Several scales have
        no mean. t interval; answers that are all equal get the widest interval their scale allows.""",
        part=(("metric", "csat"),), measure=measure_scores, estimate=estimates.score_mean,
    ),
    Metric(
        slug="ces", unit=Unit.SCORE, better=Direction.UP, family="satisfaction",
        needs=_NEEDS, covered_by=("answers",), dimensions=ANSWER_DIMENSIONS_OF_ORDERS, min_n=30,
        base="answers", definition="ces.mean_ease",
        about="""Mean of the answers to "it was easy ..." on the scale that the reading states; higher is
        easier, so higher is better. Several scales (1 to 5 with 1 to 7) have no mean. t interval.""",
        part=(("metric", "ces"),), measure=measure_scores, estimate=estimates.score_mean,
    ),
    Metric(
        slug="review_score", unit=Unit.SCORE, better=Direction.UP, family="satisfaction",
        needs=_NEEDS, covered_by=("answers",), dimensions=ANSWER_DIMENSIONS_OF_ORDERS, min_n=30,
        base="answers", definition="review.mean",
        about="""Mean of the review stars, on the scale that the reading states, one answer per reviewed
        order. Cut by `delivery` it compares orders delivered late with those on time. t interval.""",
        part=(("metric", "review"),), measure=measure_scores, estimate=estimates.score_mean,
    ),
)  # fmt: skip
