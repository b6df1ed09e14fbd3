"""Attribution of 10,000 published paths next to what ChannelAttribution, a package for R and Python, says.

Version 2.2.5 of it, run once: its simple models are exact, its Markov model walks at random, so that the
figures are the means of four runs of a hundred million walks each: `markov_model(..., nsim_start=1e8,
nfold=1, conv_par=1)` with the seeds 1 to 4. Fewer walks meet the rarest channels (2 and 5 conversions) too
seldom.
"""

from pathlib import Path

import pandas as pd
import pytest

from viaggio import journey
from viaggio.journey.kernels.attribution.model import Attribution

# channel: first, last, linear touch; Markov: conversions and value
PACKAGE = {
    "eta": (3164, 4167, 3539.951157, 3339.879714, 12987.064082),
    "iota": (4606, 3355, 3857.096221, 3885.053018, 14978.363655),
    "alpha": (6308, 8447, 7574.718594, 5345.683763, 18803.441357),
    "beta": (2831, 989, 2083.500145, 2527.643161, 9690.179543),
    "theta": (1606, 653, 1022.801394, 1971.810044, 7509.265860),
    "lambda": (902, 1207, 1035.257572, 1282.359419, 5141.702817),
    "kappa": (74, 230, 137.964078, 274.314394, 1135.890120),
    "zeta": (27, 107, 136.551540, 381.345276, 1469.016418),
    "epsilon": (99, 531, 272.170438, 599.556991, 2347.823624),
    "gamma": (165, 92, 121.041639, 171.044076, 720.974928),
    "delta": (1, 5, 1.725000, 4.583346, 13.768698),
    "mi": (2, 2, 2.222222, 1.726799, 5.480485),
}


@pytest.fixture(scope="module")
def found(shared_data: Path) -> Attribution:
    return journey.attribute(pd.read_csv(shared_data / "channel_paths" / "PathData.csv.gz"))


@pytest.mark.shared
def test_all_conversions_values_and_lost_paths_are_there(found: Attribution) -> None:
    assert (found.conversions, found.lost) == (19_785, 68_602)
    assert found.value == pytest.approx(74_802.97158721086, rel=1e-12)
    for model in {credit.model for credit in found.credits}:
        own = [credit for credit in found.credits if credit.model == model]
        assert sum(credit.conversions for credit in own) == pytest.approx(19_785, rel=1e-12)
        assert sum(credit.value for credit in own) == pytest.approx(found.value, rel=1e-12)


@pytest.mark.shared
def test_simple_models_are_those_of_the_package(found: Attribution) -> None:
    for number, model in enumerate(("first", "last", "linear")):
        expected = {channel: figures[number] for channel, figures in PACKAGE.items()}
        assert found.of(model) == pytest.approx(expected, abs=1e-6)


@pytest.mark.shared
def test_the_exact_markov_model_is_what_random_walks_come_near_to(found: Attribution) -> None:
    exact = {credit.name: credit for credit in found.credits if credit.model == "markov"}
    for channel, (*_, conversions, value) in PACKAGE.items():
        assert exact[channel].conversions == pytest.approx(conversions, rel=0.02)
        assert exact[channel].value == pytest.approx(value, rel=0.02)
