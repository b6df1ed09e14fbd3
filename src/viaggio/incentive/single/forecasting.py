"""What one component would cost when its measure is normally distributed: the closed form, no draws."""

from collections.abc import Mapping
from typing import Any

from viaggio.incentive.curves import read_curve
from viaggio.incentive.errors import BadAmount
from viaggio.incentive.exact import exact
from viaggio.incentive.single.asked import Asked
from viaggio.incentive.whatif.closed import chance_above, cost


def forecast(values: Mapping[str, Any]) -> dict[str, Any]:
    """Mean, spread and median of the cost of `target` currency units under `curve`, and chances.

    The measure is Normal(`mean`, `sd`); `above` lists costs whose chance of being exceeded is wanted.
    Estimates, written with two decimals, chances with six.
    """
    asked = Asked(values, ("curve", "mean", "sd", "target", "above"))
    curve = read_curve(asked.named("curve"))
    mean, spread, target = (asked.number(name) for name in ("mean", "sd", "target"))
    if spread <= 0 or target <= 0:
        raise BadAmount("the deviation and the target are above 0", place="sd", hint='Write "3".')
    said = {"mu": float(mean), "sigma": float(spread), "target": float(target)}
    found = cost(curve, **said)
    return {
        "expected_cost": f"{found.mean:.2f}",
        "sd_cost": f"{found.sd:.2f}",
        "median_cost": f"{found.median:.2f}",
        "p_zero": f"{found.chance_of_none:.6f}",
        "p_cap": f"{found.chance_of_cap:.6f}",
        "p_above": {
            str(limit): f"{chance_above(curve, float(exact(limit, place='above')), **said):.6f}"
            for limit in asked.many("above")
        },
    }
