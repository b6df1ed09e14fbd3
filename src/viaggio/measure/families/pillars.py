"""The six pillars of experience, from answers to their items."""

from collections.abc import Callable

from viaggio.kernel import Direction, Unit
from viaggio.measure import estimates
from viaggio.measure.bases import ANSWER_DIMENSIONS_OF_ORDERS, answered, exact_squares, exact_sum
from viaggio.measure.cuts import cell, tally
from viaggio.measure.model import Cut, Metric, Table, Tables
from viaggio.pulse.model import Pillar


def pillar_measure(pillar: Pillar) -> Callable[[Tables, Cut], Table]:
    """The measure of one pillar: responses and their mean item scores, scaled to 0-100."""

    def measure(tables: Tables, cut: Cut) -> Table:
        rows = answered(tables, "pillar", cut)
        rows = rows.filter(rows.pillar == str(pillar))
        scaled = 100 * (rows.value - rows.scale_min) / (rows.scale_max - rows.scale_min)
        rows = rows.mutate(scaled=scaled)
        responses = rows.group_by(cell(cut, "source", "response")).aggregate(
            customer=rows.customer.min(),
            items=rows.count(where=rows.valid),
            score=rows.scaled.mean(where=rows.valid),
            astray=rows.count(where=~rows.valid),
        )
        whole = responses["items"] > 0
        return tally(
            responses, cut,
            n=responses.count(where=whole),
            total=exact_sum(responses.score, whole),
            squares=exact_squares(responses.score, whole),
            outside=responses.astray.sum(),
        )  # fmt: skip

    return measure


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
        measure=pillar_measure(pillar), estimate=estimates.score_hundred,
    )
    for pillar in Pillar
)  # fmt: skip
