"""Area A: survey inference, shares, the recommendation score."""

from collections.abc import Callable, Mapping
from typing import Any

from golden_cases import area_a_counts, area_a_designs, area_a_models, area_a_weights
from golden_cases.frame import Case

CASES: Mapping[str, Callable[[Case], Mapping[str, Any]]] = {
    **area_a_counts.CASES,
    **area_a_designs.CASES,
    **area_a_models.CASES,
    **area_a_weights.CASES,
}
