"""Erasing a person from a whole workspace: requests that outlive a crash, what would go, a nameless ledger.

A request is written down first and removed last; in between every step may be done again. The records of the
web are erased by whoever keeps them, as `Records`.
"""

from viaggio.store.erasure.again import again, of_restored
from viaggio.store.erasure.carry_out import Done, NoRecords, Records, carry_out, seen
from viaggio.store.erasure.ledger import Entry, entries, keep_beside, ledger_of
from viaggio.store.erasure.looking import look, total
from viaggio.store.erasure.request import Request, begin, begun, request_of

__all__ = [
    "Done",
    "Entry",
    "NoRecords",
    "Records",
    "Request",
    "again",
    "begin",
    "begun",
    "carry_out",
    "entries",
    "keep_beside",
    "ledger_of",
    "look",
    "of_restored",
    "request_of",
    "seen",
    "total",
]
