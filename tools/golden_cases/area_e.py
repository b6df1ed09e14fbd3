"""Area E: attribution of conversions to channels, absorbing chains."""

import itertools
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np

from golden_cases.comparison import matrix
from golden_cases.frame import Case
from viaggio.journey import attribute
from viaggio.journey.chain import AbsorbingChain, steady_state
from viaggio.journey.kernels.attribution.answer import chain_of
from viaggio.journey.kernels.attribution.model import Attribution, AttributionRules, Model
from viaggio.journey.kernels.attribution.path_table import summed_paths

START, CONVERSION, NULL = "(start)", "(conversion)", "(null)"
LARGEST = 10**6
"""Largest denominator of the fractions, as in the case's own code."""


def _table(case: Case) -> dict[str, list[Any]]:
    """The journeys of a case as a table of paths."""
    given = case.inputs
    rows = list(zip(given["count"], given["converted"], given.get("value") or given["count"], strict=True))
    return {
        "path": [list(np.atleast_1d(steps)) for steps in given["paths"]],
        "total_conversions": [count if converted else 0 for count, converted, _ in rows],
        "total_null": [0 if converted else count for count, converted, _ in rows],
        "total_conversion_value": [float(value) if converted else 0.0 for _, converted, value in rows],
    }


def _attribution(case: Case, order: int = 1) -> Attribution:
    return attribute(_table(case), half_life_steps=case.inputs.get("half_life", 1), order=order)


def _chain(case: Case) -> tuple[AbsorbingChain, list[str], Any]:
    """The chain of a case, the names of its passing states, and the moves counted."""
    sums, known, _ = summed_paths(
        _table(case), path="path", conversions="total_conversions", nulls="total_null", value=None,
        separator=">", rules=AttributionRules(), models=(Model.MARKOV,),
    )  # fmt: skip
    moves = sums.moves.sum(axis=0)
    return chain_of(moves), [*known, START], moves


def _fraction(number: float) -> str:
    return str(Fraction(number).limit_denominator(LARGEST))


def e01(case: Case) -> dict[str, Any]:
    """Markov attribution with its chain, and the simple models."""
    found = _attribution(case)
    chain, states, _ = _chain(case)
    order = sorted(range(len(states)), key=lambda state: (states[state] != START, states[state]))
    names = [states[state] for state in order]
    stay, end = chain.stay[np.ix_(order, order)], chain.end[order]
    whole = np.vstack([np.hstack([stay, end]), np.zeros((2, len(states) + 2))])
    labels = [*names, CONVERSION, NULL]
    chances = dict(zip(names, chain.ends[order, 0], strict=True))
    removals = {removal.name: removal.conversions for removal in found.removals}
    start = len(states) - 1
    return {
        "transition_matrix": matrix(whole, labels, labels),
        "transition_fractions": {
            "rows": None,
            "cols": labels,
            "data": [[_fraction(chance) for chance in row] for row in whole],
        },
        "conversion_probability_from_start": chances[START],
        "conversion_probability_fraction": _fraction(chances[START]),
        "conversion_probability_by_state": chances,
        "expected_visits_fundamental_matrix": matrix(chain.visits[np.ix_(order, order)], names, names),
        "expected_steps_to_absorption_from_start": chain.steps[start],
        "variance_steps_from_start": {START: chain.steps_variance[start]},
        "conversion_after_removal": {
            name: chances[START] * (1 - effect) for name, effect in removals.items()
        },
        "removal_effect": removals,
        "removal_effect_fractions": {name: _fraction(effect) for name, effect in removals.items()},
        "markov_attribution_share": {c.name: c.share for c in found.credits if c.model == "markov"},
        "markov_attributed_conversions": found.of("markov"),
        "first_touch": found.of("first"),
        "last_touch": found.of("last"),
        "linear": found.of("linear"),
        "position_based_40_20_40": found.of("position"),
        "time_decay_steps": found.of("time_decay"),
    }


def e02(case: Case) -> dict[str, Any]:
    """What an R package gives, exactly for the simple models and by simulation for the chains."""
    found = _attribution(case, order=2)
    channels = list(dict.fromkeys(step for steps in _table(case)["path"] for step in steps))
    by_model = {
        model: {credit.name: credit for credit in found.credits if credit.model == model}
        for model in ("first", "last", "linear", "markov", "markov_2")
    }

    def column(model: str, field: str) -> list[float]:
        return [getattr(by_model[model][channel], field) for channel in channels]

    removals = {removal.name: removal for removal in found.removals}
    heuristics: dict[str, list[Any]] = {"channel_name": list(channels)}
    for model in ("first", "last", "linear"):
        heuristics[f"{model}_touch_conversions"] = column(model, "conversions")
        heuristics[f"{model}_touch_value"] = column(model, "value")
    return {
        "heuristics": heuristics,
        "transition_matrix": _package_moves(case, channels),
        "markov1": {
            "channel_name": channels,
            "total_conversions": column("markov", "conversions"),
            "total_conversion_value": column("markov", "value"),
        },
        "removal_effects": {
            "channel_name": channels,
            "removal_effects_conversion": [removals[channel].conversions for channel in channels],
            "removal_effects_conversion_value": [removals[channel].value for channel in channels],
        },
        "markov2": {"channel_name": channels, "total_conversions": column("markov_2", "conversions")},
        "note": "ChannelAttribution estimates Markov by simulation: compare to about 1e-2 relative; "
        "heuristics exactly",
    }


def _package_moves(case: Case, channels: list[str]) -> dict[str, Any]:
    """The chances as the package lists them: by origin, each origin's targets as they are first met."""
    chain, states, _ = _chain(case)
    number = {channel: str(i) for i, channel in enumerate(channels, 1)}
    label = number | {START: START, CONVERSION: CONVERSION, NULL: NULL}
    met: dict[str, dict[str, None]] = {state: {} for state in (START, *channels)}
    table = _table(case)
    for steps, conversions in zip(table["path"], table["total_conversions"], strict=True):
        walk = [START, *steps, CONVERSION if conversions else NULL]
        for origin, target in itertools.pairwise(walk):
            met[origin][target] = None
    place = {state: i for i, state in enumerate([*states, CONVERSION, NULL])}
    chances = np.hstack([chain.stay, chain.end])
    pairs = [(origin, target) for origin, targets in met.items() for target in targets]
    return {
        "channels": {"id": list(range(1, len(channels) + 1)), "channel_name": channels},
        "matrix": {
            "channel_from": [label[origin] for origin, _ in pairs],
            "channel_to": [label[target] for _, target in pairs],
            "transition_probability": [chances[place[a], place[b]] for a, b in pairs],
        },
    }


def e03(case: Case) -> dict[str, Any]:
    """Shapley values of channels."""
    found = _attribution(case)
    values = found.of("shapley")
    return {
        "channels": sorted(str(name) for name in values),
        "shapley_conversions": values,
        "total": sum(values.values()),
        "grand_coalition": found.conversions,
        "rule": "with v(S) additive over journeys each journey's conversions are shared equally among its "
        "distinct channels",
    }


def e04(case: Case) -> dict[str, Any]:
    """An absorbing chain with given chances, and the long run of one without an end."""
    given = case.inputs
    states, chances = list(given["states"]), np.array(given["P"], dtype=float)
    final = [i for i in range(len(states)) if chances[i, i] == 1]
    passing = [i for i in range(len(states)) if i not in final]
    chain = AbsorbingChain(chances[np.ix_(passing, passing)], chances[np.ix_(passing, final)])
    order = np.argsort([*passing, *final])
    names = [states[i] for i in passing]
    cost = chain.cost(np.array([given["cost"][name] for name in names]))
    later = chain.after(given["steps"])[np.ix_(order, order)]
    return {
        "absorption_probabilities": matrix(chain.ends, names, [states[i] for i in final]),
        "mean_absorption_time": dict(zip(names, chain.steps, strict=True)),
        "fundamental_matrix": matrix(chain.visits, names, names),
        "expected_cost_to_absorption": dict(zip(names, cost, strict=True)),
        "k_step_matrix": {"k": given["steps"], "P": matrix(later, states, states)},
        "steady_state_of_Pr": {
            "rows": None,
            "cols": [f"s{i + 1}" for i in range(len(given["Pr"]))],
            "data": [steady_state(np.array(given["Pr"], dtype=float)).tolist()],
        },
    }


CASES: Mapping[str, Callable[[Case], Mapping[str, Any]]] = MappingProxyType(
    {"E01": e01, "E02": e02, "E03": e03, "E04": e04}
)
