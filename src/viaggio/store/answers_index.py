"""The answer index on disk: one file of plain arrays and a manifest, derived from the facts.

It is made again when something it is made from has changed; readers of an older state keep their own.
"""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from viaggio.kernel import BadWorkspace
from viaggio.pulse.index import Answers, of_arrays
from viaggio.store.durable import put_in_place, remove, to_json, write_durably
from viaggio.store.facts import Manifest
from viaggio.store.index.columnar import SUFFIX, file_digest, map_arrays, write_arrays
from viaggio.store.index.update import ANSWERS as FOLDER
from viaggio.store.workspace import Workspace

MANIFEST = "manifest.json"
FORMAT = 3
SOURCES = ("answers", "customers", "identifiers", "touchpoints", "orders", "weights", "coverage")
"""Fact tables that the index is made from."""

ASIDE = "answers.aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersManifest:
    """Which facts the index holds (`state`), in which file, and what its codes mean."""

    state: str
    xxh3: str
    rows: int
    codes: dict[str, list[str]]
    scales: list[list[float]]
    cx_weights: list[float]

    @property
    def path(self) -> str:
        """Its place under the folder of the answer index."""
        return f"{self.xxh3[:16]}{SUFFIX}"


def folder_of(ws: Workspace) -> Path:
    """Where the answer index lies: under the journey index."""
    return ws.index / FOLDER


def state_of(ws: Workspace, manifest: Manifest) -> str:
    """Name of what the index is made from: changes when any of it does."""
    parts = [(part.path, part.sha256) for table in SOURCES for part in manifest.parts_of(table)]
    voided = [(void.path, void.sha256) for table in SOURCES for void in manifest.voided_of(table)]
    made = [FORMAT, parts, voided, manifest.identity.path, ws.settings.timezone]
    return sha256(to_json(made)).hexdigest()[:16]


def read_answers_manifest(ws: Workspace) -> AnswersManifest | None:
    """The manifest of the answer index; None where there is none. Raises `BadWorkspace`."""
    path = folder_of(ws) / MANIFEST
    try:
        read = json.loads(path.read_bytes())
        return AnswersManifest(**{name: value for name, value in read.items() if name != "format"})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        what = f"the answer index can not be read: {error}"
        raise BadWorkspace(what, place=str(path), hint="Run 'viaggio rebuild'.") from error


def open_answers(ws: Workspace, facts: Manifest) -> Answers | None:
    """The index of exactly these facts, mapped; None where there is none."""
    found = found_answers(ws, facts)
    return None if found is None else found[1]


def found_answers(ws: Workspace, facts: Manifest) -> tuple[AnswersManifest, Answers] | None:
    """The index of exactly these facts, mapped, and its manifest; None where there is none."""
    state = state_of(ws, facts)
    for _ in range(3):
        manifest = read_answers_manifest(ws)
        if manifest is None or manifest.state != state:
            return None
        try:
            arrays = map_arrays(folder_of(ws) / manifest.path)
        except FileNotFoundError:  # a fold swapped the manifest between our two looks
            continue
        return manifest, of_arrays(arrays, manifest.codes, manifest.scales, manifest.cx_weights)
    return None


def write_answers(ws: Workspace, facts: Manifest, answers: Answers) -> AnswersManifest:
    """Put a new index in the place of the old one, atomically."""
    folder = folder_of(ws)
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / ASIDE
    digest = write_arrays(aside, answers.arrays())
    manifest = AnswersManifest(
        state=state_of(ws, facts), xxh3=digest, rows=len(answers),
        codes={name: list(texts) for name, texts in answers.codes.items()},
        scales=[list(scale) for scale in answers.scales], cx_weights=list(answers.cx_weights),
    )  # fmt: skip
    put_in_place(aside, folder / manifest.path)
    write_durably(folder / MANIFEST, to_json({"format": FORMAT, **asdict(manifest)}))
    clean_answers(ws)
    return manifest


def clean_answers(ws: Workspace) -> None:
    """Remove files of the answer index that its manifest does not name."""
    folder = folder_of(ws)
    manifest = read_answers_manifest(ws)
    named = {MANIFEST} | ({manifest.path} if manifest else set())
    if folder.is_dir():
        for path in folder.iterdir():
            if path.name not in named:
                remove(path)


def answers_faults(ws: Workspace) -> list[tuple[str, str, str]]:
    """(code, place, detail) of what is wrong with the file of the answer index."""
    manifest = read_answers_manifest(ws)
    if manifest is None:
        return []
    path = folder_of(ws) / manifest.path
    place = f"{FOLDER}/{manifest.path}"
    if not path.exists():
        return [("answers_index.missing", place, "")]
    if file_digest(path) != manifest.xxh3:
        return [("answers_index.damaged", place, "its content is not what was written")]
    starts = map_arrays(path)["unit_starts"]
    if not len(starts) or int(starts[-1]) != manifest.rows:
        return [("answers_index.differs", place, "other numbers of answers than listed")]
    return []
