"""The two ends of an upload: tried without saving, or landed for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from viaggio.kernel import ViaggioError
from viaggio.store.importers import Preview, isolated, isolated_reader, preview, read_mapping
from viaggio.store.importers.isolation import ProcessLimits
from viaggio.store.incoming import Reader
from viaggio.store.intake import land_mapping, land_recipe
from viaggio.store.landing import Item
from viaggio.store.recipes import RECIPES
from viaggio.store.workspace import Workspace
from viaggio.web.data.kinds import kind_name
from viaggio.web.data.services.uploads import Upload, drop
from viaggio.web.data.words import said
from viaggio.web.shared import formats
from viaggio.web.shared.audit import record
from viaggio.web.shared.folding import fold_landed
from viaggio.web.shared.permissions import Person, allow
from viaggio.web.shared.roles import Right

TRIED_ROWS = 50_000
SHOWN_ROWS = 8
LONGEST_SHOWN = 60  # characters of a cell
TRIAL = ProcessLimits(memory=2 << 30, cpu_seconds=60, silent_seconds=45)
"""What a trial may take: somebody waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How the files are to be read: a mapping's text, or a recipe with its options."""

    mapping: str = ""
    recipe: str = ""
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Why files or mapping were refused: in words, where, and the developers' own sentence."""

    words: str
    place: str
    detail: str
    code: str

    @classmethod
    def of(cls, error: ViaggioError) -> "Mistake":
        """The mistake that an error tells of."""
        detail = (
            f"{error.what}. {error.hint}".strip() if not error.code.startswith(("file.", "parse.")) else ""
        )
        return cls(words=said(error.code), place=error.place, detail=detail, code=error.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The first rows of one kind of data: columns that hold something, cells as text."""

    table: str
    name: str
    rows: int
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What an import would do."""

    read: int
    rejected: int
    whole: bool
    samples: tuple[Sample, ...]
    reasons: tuple[tuple[str, int, tuple[Any, ...]], ...]  # words, rows, first examples


def options_of(recipe: str, given: Mapping[str, str]) -> dict[str, str]:
    """The options that differ from the recipe's own."""
    known = RECIPES[recipe].options if recipe in RECIPES else {}
    chosen = {name: given[name].strip() for name in known if given.get(name, "").strip()}
    return {name: value for name, value in chosen.items() if value != known[name]}


def _reader(upload: Upload, how: How) -> Reader:
    if how.recipe:
        arguments = {"name": how.recipe, "options": dict(how.options)}
        return isolated_reader("viaggio.store.recipes:recipe_reader", upload.paths, arguments, limits=TRIAL)
    read_mapping(how.mapping)  # a mistake in it needs no process of its own
    return isolated(upload.paths, how.mapping, limits=TRIAL)


def tried(upload: Upload, how: How) -> Trial:
    """Read the files in a process apart and keep nothing. Raises what the reader raises."""
    seen = preview(_reader(upload, how), TRIED_ROWS, shown=SHOWN_ROWS)
    samples = tuple(_sample(table, seen) for table in seen.rows)
    reasons = tuple(
        (said(code), rows, tuple(e for e in seen.examples if e.code == code))
        for code, rows in sorted(seen.rejects.items(), key=lambda found: -found[1])
    )
    return Trial(
        read=seen.read,
        rejected=sum(seen.rejects.values()),
        whole=seen.whole,
        samples=samples,
        reasons=reasons,
    )


def _sample(table: str, seen: Preview) -> Sample:
    first = seen.first[table]
    filled = [name for name in first.column_names if first[name].null_count < len(first)]
    rows = first.select(filled).to_pylist()
    return Sample(
        table=table,
        name=kind_name(table),
        rows=seen.rows[table],
        columns=tuple(filled),
        cells=tuple(tuple(_cell(row[name]) for name in filled) for row in rows),
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return formats.moment(timezone.localtime(value))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def bring_in(ws: Workspace, upload: Upload, how: How, *, by: Person) -> tuple[Item, bool]:
    """Land the files, tell the audit and set the fold going; the item, and whether it is new.

    Raises `BadMapping`, `BadFile` or the recipe's errors before anything is kept.
    """
    allow(by, Right.IMPORT_DATA)
    if how.recipe:
        item, new = land_recipe(ws, upload.paths, how.recipe, how.options, by=by.email)
    else:
        item, new = land_mapping(ws, upload.paths, how.mapping, by=by.email)
    with transaction.atomic():
        record(by, "data.imported", f"import {item.seq}", files=list(item.files), new=new)
        if new:
            fold_landed.enqueue()
    drop(upload)
    return item, new
