"""R's searches as the golden cases need them, against what R's own documentation example prints."""

import numpy as np
import pytest
from golden_cases.optim import hessian, nelder_mead, optimise, slope, variable_metric


def _valley(x):
    """Rosenbrock's banana valley, the example of `?optim`."""
    return float(100 * (x[1] - x[0] * x[0]) ** 2 + (1 - x[0]) ** 2)


def _slope(x):
    return np.array([-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)])


START = np.array([-1.2, 1.0])


def test_nelder_mead_stops_where_r_stops():
    calls = []
    found, least = nelder_mead(START, lambda x: calls.append(1) or _valley(x))
    assert found == pytest.approx([1.000260, 1.000506], abs=5e-7)
    assert least == pytest.approx(8.825241e-08, rel=1e-6)
    assert len(calls) == 195


def test_variable_metric_stops_where_r_stops():
    # without a gradient: $par starts with 0.9998044, $counts are 118 and 38; rounding moves the first by two
    calls, slopes = [], []
    found, least = variable_metric(
        START, lambda x: calls.append(1) or _valley(x), lambda x: slopes.append(1) or slope(_valley, x)
    )
    assert found[0] == pytest.approx(0.9998044, abs=5e-8)
    assert least == pytest.approx(_valley(found))
    assert len(slopes) == 38
    assert abs(len(calls) - 118) <= 2


def test_variable_metric_finds_the_valley_floor_with_a_gradient():
    found, least = variable_metric(START, _valley, _slope)
    assert found == pytest.approx([1, 1], abs=1e-7)
    assert least < 1e-16


def test_second_derivatives_are_those_r_prints():
    assert hessian(_valley, np.array([1.0, 1.0])) == pytest.approx(
        np.array([[802.0004, -400.0], [-400.0, 200.0]]), abs=5e-4
    )


def test_optimise_stops_where_r_stops():
    # optimize(function (x, a) (x - a)^2, c(0, 1), a = 1/3) prints $minimum 0.3333333
    assert optimise(lambda x: (x - 1 / 3) ** 2, 0, 1) == pytest.approx(1 / 3, abs=5e-8)
