"""Names of other programs become keys of ours: small letters, digits, underscores, none twice."""

import re
import unicodedata
from collections.abc import Collection

from viaggio.pulse.questionnaire import CONTEXT, END, NOT_APPLICABLE, OTHER
from viaggio.store.questionnaires.report import Notes

_NOT_IN_KEY = re.compile(r"[^a-z0-9]+")
_NOT_IN_OPTION = re.compile(r"[^A-Za-z0-9_-]+")
_RESERVED = frozenset({*CONTEXT, END, NOT_APPLICABLE, OTHER})
_LONGEST = 60


def item_key(name: str, taken: Collection[str], notes: Notes, *, place: str = "") -> str:
    """A key for an item, page or row of that name, none of `taken`; tells what became of the name."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = _NOT_IN_KEY.sub("_", letters).strip("_") or "item"
    if name == name.lower() and re.fullmatch(r"[a-z][a-z0-9_]*", name):
        key = name
    if not key[0].isalpha():
        key = f"q_{key}"
    key = key[:_LONGEST]
    if key in _RESERVED:
        key = f"{key}_"
    return _free(name, key, taken, notes, place or name)


def option_key(value: str, taken: Collection[str], notes: Notes, place: str) -> str:
    """A key for an option of that value, none of `taken`; tells what became of the value."""
    letters = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    key = (_NOT_IN_OPTION.sub("_", letters).strip("_") or "option")[:_LONGEST]
    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", value):
        key = value[:_LONGEST]
    if key[0] == "-":
        key = f"m{key[1:]}"
    if key in {OTHER, NOT_APPLICABLE}:
        key = f"{key}_"
    return _free(value, key, taken, notes, place)


def _free(name: str, key: str, taken: Collection[str], notes: Notes, place: str) -> str:
    free, number = key, 2
    while free in taken:
        free, number = f"{key}_{number}", number + 1
    if free != key:
        notes.add("key.double", place, f"{name} → {free}")
    elif key.lower() != name.lower():
        notes.add("key.renamed", place, f"{name} → {key}")
    return free
