"""What customers answer: recommendation, satisfaction, effort, reviews."""

from typing import Any

from viaggio.kernel import Direction, Unit
from viaggio.measure import clusters
from viaggio.measure.bases import ANSWER_DIMENSIONS_OF_ORDERS
from viaggio.measure.model import Metric

_ANSWERS: dict[str, Any] = {
    "better": Direction.UP, "family": "satisfaction", "version": 2,
    "needs": {
        "answers": ("metric", "value", "scale_min", "scale_max", "answered_at"), "orders": (), "weights": (),
    },
    "covered_by": ("answers",), "dimensions": ANSWER_DIMENSIONS_OF_ORDERS, "min_n": 30, "base": "answers",
}  # fmt: skip

METRICS = (
    Metric(
        slug="nps", unit=Unit.POINTS, **_ANSWERS,
        scale=(-100.0, 100.0),
        definition="nps.promoters_9_10_less_detractors_0_6",
        about="""100 * (promoters - detractors) / answers on the 0 to 10 recommendation question: promoters
        give 9 or 10, detractors 0 to 6. Skipped questions are no answers and do not count. Answers on any
        scale but 0 to 10 leave the cell without a value (mixed_scale). t interval that knows that
        answers of one account (or customer) go together; under 30 answers, or when all answers are of one
        kind, the score interval at the effective base.""",
        figure="nps", estimate=clusters.nps,
    ),
    Metric(
        slug="csat_top", unit=Unit.SHARE, **_ANSWERS,
        definition="csat.top_two_boxes",
        about="""Share of satisfaction answers in the two best boxes of the scale: 4 or 5 of 1 to 5. Answers
        on several scales leave the cell without a value. Wilson interval at the effective base:
        answers of one account (or customer) go together.""",
        figure="csat_top", estimate=clusters.top,
    ),
    Metric(
        slug="csat_mean", unit=Unit.SCORE, **_ANSWERS,
        definition="csat.mean",
        about="""Mean of the satisfaction answers, on the scale that the reading states. Several scales have
        no mean. t interval by account (or customer); answers that are all equal get the widest interval their
        scale allows.""",
        figure="csat_mean", estimate=clusters.mean,
    ),
    Metric(
        slug="ces", unit=Unit.SCORE, **_ANSWERS,
        definition="ces.mean_ease",
        about="""Mean of the answers to "it was easy ..." on the scale that the reading states; higher is
        easier, so higher is better. Several scales (1 to 5 with 1 to 7) have no mean. t interval by
        account (or customer).""",
        figure="ces", estimate=clusters.mean,
    ),
    Metric(
        slug="review_score", unit=Unit.SCORE, **_ANSWERS,
        definition="review.mean",
        about="""Mean of the review stars, on the scale that the reading states, one answer per reviewed
        order. Cut by `delivery` it compares orders delivered late with those on time. t interval by
        account (or customer).""",
        figure="review_score", estimate=clusters.mean,
    ),
)  # fmt: skip
