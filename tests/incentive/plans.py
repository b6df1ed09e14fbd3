"""A whole plan as a document, for the tests to bend."""

from copy import deepcopy
from typing import Any

LINE = {"type": "linear", "points": [["24", "0"], ["36", "1"], ["42", "1.5"]]}
SHARED_PLAN: dict[str, Any] = {
    "plan": "CX-SHARED",
    "version": "3",
    "legal_basis": "PDR",
    "agreement": {"signed": "2025-12-10", "deposited": "2026-01-08", "protocol": "12/26",
                  "form_goals": ["quality", "profitability"]},
    "period": {"start": "2026-01-01", "end": "2026-12-31", "day_count": "calendar",
               "cutoff": "2027-01-15T23:59:59+01:00",
               "baseline": {"start": "2025-01-01", "end": "2025-12-31"}},
    "eligibility": {"contracts": ["permanent", "fixed_term", "agency"], "min_service_days": "90",
                    "employed_on": None, "leavers": {"good": "prorate", "bad": "forfeit"}},
    "absences": {"unpaid_leave": {"lost": "1"}, "L104": {"lost": "0", "protected": "true"},
                 "maternity": {"lost": "0", "protected": "true"}, "sickness": {"lost": "0"}},
    "guardrails": {"k_headcount": "5", "k_responses": "10", "n_min": "30",
                   "ladder": ["rolling:2", "parent", "redistribute", "neutral"],
                   "credibility": {"mode": "level", "K": "240"}, "deadband_z": None},
    "mix": {"strata": ["segment", "channel"], "reference": "frozen_baseline", "merge_order": ["channel"]},
    "combination": "additive",
    "min_shared_weight": "0.50",
    "groups": {
        "accounting": {
            "shared": [
                {"measure": "company_nps", "weight": "0.35", "form_indicator": "4", "curve": LINE},
                {"measure": "pulse_index", "weight": "0.25", "form_indicator": "4",
                 "curve": {"type": "linear", "points": [["66", "0"], ["74", "1"], ["78", "1.25"]]}},
            ],
            "function": [
                {"measure": "map:accounting", "weight": "0.40",
                 "curve": {"type": "linear", "points": [["75", "0"], ["85", "1"], ["90", "1.5"]]},
                 "improvement": {"points": [["1", "0.5"], ["4", "1"]]}},
            ],
        }
    },
    "contribution_map": {"accounting": {"billing_clarity": "0.7", "refund": "0.3"}},
    "gates": [
        {"if": "ebitda >= 10000000.00", "level": "plan", "effect": {"cap": "0.5"}},
        {"if": "coverage_ratio >= 0.8", "level": "section:function", "effect": "hold"},
    ],
    "individual_cap": "1.5",
    "pool": {"kind": "self_funded", "rate": "0.03", "above": {"ebitda": "10000000"}, "max": "18000",
             "mode": "down_only", "unspent": "company"},
    "rounding": {"unit": "0.01", "award": "half_up", "pool": "largest_remainder", "tie": "id"},
    "retro": {"pool": "freeze_lambda", "waive_below": "5.00", "recovery_share": "0.20"},
    "disputes": {"open_days": "30", "acknowledge_days": "5", "appeals": "1"},
}  # fmt: skip


def plan_document(**changes: Any) -> dict[str, Any]:
    """The document with dotted places changed, such as `groups.accounting.shared.0.weight`."""
    document = deepcopy(SHARED_PLAN)
    for place, value in changes.items():
        *path, last = place.split(".")
        node: Any = document
        for name in path:
            node = node[int(name)] if isinstance(node, list) else node[name]
        node[int(last) if isinstance(node, list) else last] = value
    return document
