"""The six pillars of experience, from answers to their items, and the index they make together."""

from typing import Any

from viaggio.kernel import Direction, Unit
from viaggio.measure import clusters
from viaggio.measure.bases import ANSWER_DIMENSIONS_OF_ORDERS
from viaggio.measure.model import Metric
from viaggio.pulse.model import Pillar

_PILLARS: dict[str, Any] = {
    "unit": Unit.SCORE, "better": Direction.UP, "family": "pillars",
    "needs": {
        "answers": ("metric", "pillar", "response", "value", "scale_min", "scale_max", "answered_at"),
        "orders": (), "weights": (),
    },
    "covered_by": ("answers",), "dimensions": ANSWER_DIMENSIONS_OF_ORDERS, "min_n": 30,
    "scale": (0.0, 100.0), "base": "responses", "estimate": clusters.hundred,
}  # fmt: skip

METRICS = (
    *(
        Metric(
            slug=f"pillar_{pillar}", **_PILLARS, version=2, pillar=str(pillar),
            definition="pillar.mean_of_items_0_100",
            about=f"""{pillar.replace("_", " and ").capitalize()}: mean over responses of the unweighted mean
            of the response's items for this pillar, each item scaled from its own scale to 0-100 (lowest
            answer 0, highest 100). t interval that knows that responses of one account (or customer) go
            together.""",
            figure=f"pillar_{pillar}",
        )
        for pillar in Pillar
    ),
    Metric(
        slug="cx_index", **_PILLARS, definition="cx_index.six_pillars_by_estimated_weights",
        about="""Mean over responses that answer all six pillars of their pillars put together by weights,
        0 to 100. The weights are each pillar's relative importance for recommendation (Shapley shares of R2,
        LMG), estimated from every response of all the data that answers all pillars and recommends; the same
        for every filter and period, so that figures can be compared. Where the data can not estimate them
        (too few customers, no association) all six are equal. t interval by account (or customer), for given
        weights.""",
        figure="cx_index",
    ),
)  # fmt: skip
