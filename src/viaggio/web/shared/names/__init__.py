"""What people call things: metrics, pillars, phases, channels, functions, flags, units, dimensions.

Rooms speak in codes; this is the one place where a code becomes a word, in the reader's language.
"""

from viaggio.web.shared.names.journey import (
    CHANNELS,
    DEVICES,
    FUNCTIONS,
    MOMENTS,
    PHASES,
    PILLARS,
    SEGMENTS,
    touchpoint_name,
)
from viaggio.web.shared.names.metrics import (
    METRICS,
    Name,
    metric_base,
    metric_definition,
    metric_name,
    metric_short,
)
from viaggio.web.shared.names.words import (
    BASES,
    DIMENSIONS,
    FLAGS,
    OUTCOMES,
    ROW_KINDS,
    SOURCES_OF_TEXT,
    STATUSES,
    UNITS,
    code_name,
    dimension_name,
    flag_reason,
)

__all__ = [
    "BASES",
    "CHANNELS",
    "DEVICES",
    "DIMENSIONS",
    "FLAGS",
    "FUNCTIONS",
    "METRICS",
    "MOMENTS",
    "OUTCOMES",
    "PHASES",
    "PILLARS",
    "ROW_KINDS",
    "SEGMENTS",
    "SOURCES_OF_TEXT",
    "STATUSES",
    "UNITS",
    "Name",
    "code_name",
    "dimension_name",
    "flag_reason",
    "metric_base",
    "metric_definition",
    "metric_name",
    "metric_short",
    "touchpoint_name",
]
