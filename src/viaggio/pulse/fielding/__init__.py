"""Fielding: whom a pulse asks and when, and the ledger that accounts for everybody. All of it is pure.

`plan_from_data` and `plan_data` read and write a pulse's plan; `plan_findings` says what is wrong with it.
`draw` decides about a frame; `wave_of`, `allowed_from` and `rest_allows` say when; `coverage` and `aapor` sum
up what became of everybody. How many to ask for a wanted precision says `viaggio.estimate.planning`.
"""

from viaggio.pulse.fielding.canonical import SCHEMA, plan_data
from viaggio.pulse.fielding.model import (
    FRAME_DIMENSIONS,
    Clocks,
    Consent,
    Drawn,
    Event,
    Frame,
    Hours,
    Plan,
    PlanFinding,
    PulseKind,
    QuotaRule,
    Reason,
    Reminders,
    Rest,
    Sample,
    Trigger,
)
from viaggio.pulse.fielding.reading import BadPlan, plan_from_data
from viaggio.pulse.fielding.rules.chance import SPARK_SQL, SQL, chances, draw_seed
from viaggio.pulse.fielding.rules.drawing import draw
from viaggio.pulse.fielding.rules.findings import FINDINGS, plan_findings
from viaggio.pulse.fielding.rules.rates import (
    ASKED,
    Coverage,
    Dispositions,
    LedgerDoesNotAddUp,
    Rates,
    aapor,
    coverage,
    dispositions,
)
from viaggio.pulse.fielding.rules.rest import rest_allows, rested
from viaggio.pulse.fielding.rules.sampling import sampled
from viaggio.pulse.fielding.rules.waves import WaveSpan, wave_of, waves_between
from viaggio.pulse.fielding.rules.windows import allowed_at, allowed_from

__all__ = [
    "ASKED",
    "FINDINGS",
    "FRAME_DIMENSIONS",
    "SCHEMA",
    "SPARK_SQL",
    "SQL",
    "BadPlan",
    "Clocks",
    "Consent",
    "Coverage",
    "Dispositions",
    "Drawn",
    "Event",
    "Frame",
    "Hours",
    "LedgerDoesNotAddUp",
    "Plan",
    "PlanFinding",
    "PulseKind",
    "QuotaRule",
    "Rates",
    "Reason",
    "Reminders",
    "Rest",
    "Sample",
    "Trigger",
    "WaveSpan",
    "aapor",
    "allowed_at",
    "allowed_from",
    "chances",
    "coverage",
    "dispositions",
    "draw",
    "draw_seed",
    "plan_data",
    "plan_findings",
    "plan_from_data",
    "rest_allows",
    "rested",
    "sampled",
    "wave_of",
    "waves_between",
]
