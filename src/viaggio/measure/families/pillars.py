"""The six pillars of experience, from answers to their items."""

from viaggio.kernel import Direction, Unit
from viaggio.measure import estimates
from viaggio.measure.bases import ANSWER_DIMENSIONS_OF_ORDERS, answered, exact_squares, exact_sum
from viaggio.measure.cuts import cell, tally
from viaggio.measure.model import Cut, Metric, Table, Tables
from viaggio.pulse.model import Pillar


def measure_pillars(tables: Tables, cut: Cut) -> Table:
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


METRICS = tuple(
    Metric(
        slug=f"pillar_{pillar}", unit=Unit.SCORE, better=Direction.UP, family="pillars",
        needs={
            "answers": ("metric", "pillar", "response", "value", "scale_min", "scale_max", "answered_at"),
            "orders": (),
        },
        covered_by=("answers",), dimensions=ANSWER_DIMENSIONS_OF_ORDERS, min_n=30,
        scale=(0.0, 100.0), pillar=str(pillar), base="responses", definition="pillar.mean_of_items_0_100",
        about=f"""{pillar.replace("_", " and ").capitalize()}: mean over responses of the unweighted mean of
        the response's items for this pillar, each item scaled from its own scale to 0-100 (lowest answer 0,
        highest 100). Weights are not invented; they come when the data can estimate them. t interval.""",
        part=(("pillar", str(pillar)),), measure=measure_pillars, estimate=estimates.score_hundred,
    )
    for pillar in Pillar
)  # fmt: skip
