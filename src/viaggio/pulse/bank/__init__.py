"""The item bank, Italian and English, written for Viaggio: pillars, phases, general, ready questionnaires.

`BANK` holds every entry by key with what it measures and who wrote it; `READY` questionnaires to send as they
are; `stacked` puts pillar items one below the other. Nothing here is copied from a published instrument: the
recommendation item follows the known form (0-10), its words are ours.
"""

from collections.abc import Mapping
from types import MappingProxyType

from viaggio.pulse.bank.entry import AUTHOR, EDITION, YEAR, Entry
from viaggio.pulse.bank.general import GENERAL
from viaggio.pulse.bank.phases import PHASES
from viaggio.pulse.bank.pillars import PILLARS
from viaggio.pulse.bank.ready import READY, stacked

BANK: Mapping[str, Entry] = MappingProxyType({entry.key: entry for entry in (*GENERAL, *PHASES, *PILLARS)})
"""Every entry by its key: general items first, then by phase, then by pillar."""

__all__ = ["AUTHOR", "BANK", "EDITION", "GENERAL", "PHASES", "PILLARS", "READY", "YEAR", "Entry", "stacked"]
