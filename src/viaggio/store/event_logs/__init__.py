"""Interactions as event logs for other programs: XES (IEEE 1849) and OCEL 2.0."""

from viaggio.store.event_logs.ocel import write_ocel
from viaggio.store.event_logs.xes import write_xes

__all__ = ["write_ocel", "write_xes"]
