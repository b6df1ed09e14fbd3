"""Weights of a wave: they stand for the ledger, rest on no single person, and keep to their bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viaggio.estimate.errors import BadSample
from viaggio.pulse.weighting import SPARSE, Ledger, NoResponses, wave_weights


def ledger(rows, **margins):
    """Rows of (stratum, probability, outcome); who completed has a response."""
    stratum, probability, outcome = (list(column) for column in zip(*rows, strict=True))
    response = [f"r{i}" if kind in {"complete", "partial"} else "" for i, kind in enumerate(outcome)]
    return Ledger(
        stratum=np.array(stratum, object), probability=np.array(probability, float),
        outcome=np.array(outcome, object), response=np.array(response, object),
        margins={name: np.array(labels, object) for name, labels in margins.items()},
    )  # fmt: skip


def test_base_weights_are_the_inverse_of_being_drawn_and_of_answering():
    """North: 20 of 40 drawn, 10 of them answer; south: 10 of 100 drawn, all answer."""
    north = [("n", 0.5, "complete")] * 10 + [("n", 0.5, "refused")] * 10 + [("n", 0.5, "not_sampled")] * 20
    south = [("s", 0.1, "complete")] * 10 + [("s", 0.1, "not_sampled")] * 90
    found = wave_weights(ledger(north + south), widest=100)
    assert found.base.tolist() == [4.0] * 10 + [10.0] * 10  # 1 / 0.5 * 20 / 10, and 1 / 0.1
    assert found.weight.sum() == pytest.approx(140)
    assert found.weight.tolist() == pytest.approx([4.0] * 10 + [10.0] * 10)
    assert (found.method, found.converged, found.population) == ("base+nonresponse", True, 140)


def test_those_who_could_not_be_asked_count_in_the_margins_alone():
    rows = [("a", 1.0, "complete")] * 20 + [("a", 1.0, "resting")] * 60
    region = ["north"] * 10 + ["south"] * 10 + ["south"] * 60
    found = wave_weights(ledger(rows, region=region))
    assert found.weight.tolist() == pytest.approx([1.0] * 10 + [7.0] * 10)
    assert found.margins == ("region",)
    assert found.factor_range == pytest.approx((1.0, 7.0))
    assert found.design_effect == pytest.approx(20 * (10 + 490) / 80**2)


def test_a_category_with_few_answers_is_joined_to_another():
    rows = [("a", 1.0, "complete")] * 42 + [("a", 1.0, "expired")] * 58
    region = ["north"] * 20 + ["south"] * 20 + ["islands"] * (SPARSE - 3) + ["south"] * 20 + ["islands"] * 38
    found = wave_weights(ledger(rows, region=region))
    assert found.joined == 1
    assert found.weight.max() < 5  # alone the two of the islands would stand for twenty each
    assert found.weight.sum() == pytest.approx(100)


def test_a_margin_of_one_category_tells_nothing():
    rows = [("a", 1.0, "complete")] * 10 + [("a", 1.0, "expired")] * 10
    found = wave_weights(ledger(rows, segment=["b2c"] * 20))
    assert (found.margins, found.weight.tolist()) == ((), pytest.approx([2.0] * 10))


def test_nobody_answered_is_an_error_and_so_is_a_probability_of_nothing():
    with pytest.raises(NoResponses):
        wave_weights(ledger([("a", 1.0, "expired")] * 3))
    with pytest.raises(BadSample):
        wave_weights(ledger([("a", 0.0, "complete")] * 3))


@given(st.integers(0, 2**31), st.integers(30, 200))
@settings(max_examples=30, deadline=None)
def test_weights_add_up_to_the_population_and_meet_what_they_say_they_meet(seed, size):
    chance = np.random.default_rng(seed)
    outcome = chance.choice(["complete", "expired", "not_sampled", "resting"], size, p=[0.4, 0.3, 0.2, 0.1])
    if not (outcome == "complete").any():
        return
    rows = list(zip(chance.choice(["a", "b"], size), chance.choice([0.2, 0.5], size), outcome, strict=True))
    region = chance.choice(["n", "s", "e"], size)
    segment = chance.choice(["b2b", "b2c"], size)
    found = wave_weights(ledger(rows, region=region, segment=segment))
    assert (found.weight > 0).all()
    assert found.weight == pytest.approx(found.base * found.factor)
    if found.converged:
        assert found.weight.sum() == pytest.approx(size, rel=2e-3)
        if found.joined == 0 and "region" in found.margins:
            answered = outcome == "complete"
            for name in "nse":
                held = found.weight[region[answered] == name].sum()
                assert held == pytest.approx((region == name).sum(), abs=2e-3 * size)
