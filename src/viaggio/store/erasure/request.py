"""A request to erase a person, on disk from the moment it is made until nothing is left to do."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from viaggio.store.durable import sync_folder, to_json, write_durably
from viaggio.store.facts import read_manifest
from viaggio.store.fold.erase import words_of
from viaggio.store.traces import Traces
from viaggio.store.workspace import Workspace

FOLDER = "erasing"
AGAIN = "again.json"
"""Name of the list of erasures that a restored workspace still has to learn."""

Origin = Literal["page", "api", "command", "restore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Who is to be erased, and who asked when (UTC microseconds).

    `nodes`: keys of the identifiers; `words`: kind and normalised value of each. `found`: rows by place as
    they were before anything was erased, None before anybody looked. `again`: the entries of the ledger that
    a restored workspace applies with it.
    """

    id: str
    at: int
    by: str
    origin: Origin
    nodes: tuple[int, ...]
    words: tuple[tuple[str, str], ...]
    found: Mapping[str, int] | None = None
    again: tuple[str, ...] = ()

    @property
    def traces(self) -> Traces:
        """What to look for in texts and files."""
        return Traces(self.words, frozenset(self.nodes))


def request_of(
    ws: Workspace, nodes: Iterable[int], *, at: int, by: str, origin: Origin, again: tuple[str, ...] = ()
) -> Request:
    """A request with the identifiers that the facts know, not written down."""
    keys = tuple(sorted(set(nodes)))
    words = tuple(sorted(words_of(ws.facts, read_manifest(ws.facts), keys)))
    name = f"{at}-{blake2b(repr((at, keys)).encode(), digest_size=4).hexdigest()}"
    return Request(id=name, at=at, by=by, origin=origin, nodes=keys, words=words, again=again)


def begin(
    ws: Workspace, nodes: Iterable[int], *, at: int, by: str, origin: Origin, again: tuple[str, ...] = ()
) -> Request:
    """Write a request down: from here on it will be carried out, even if we are killed.

    `nodes`: keys of all identifiers of the person. The same person's request that waits is given back.
    """
    waiting = [one for one in begun(ws) if one.nodes == tuple(sorted(set(nodes)))]
    if waiting:
        return waiting[0]
    request = request_of(ws, nodes, at=at, by=by, origin=origin, again=again)
    (ws.root / FOLDER).mkdir(exist_ok=True, mode=0o700)
    sync_folder(ws.root)
    note(ws, request)
    return request


def note(ws: Workspace, request: Request) -> None:
    """Write down how far a request has come."""
    write_durably(_path(ws, request.id), to_json(asdict(request)))


def begun(ws: Workspace) -> list[Request]:
    """The requests that are not carried out yet, oldest first."""
    folder = ws.root / FOLDER
    paths = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return [_read(path) for path in paths if path.name != AGAIN]


def end(ws: Workspace, request: Request) -> None:
    """Nothing is left to do; what the request said of the person goes with it."""
    _path(ws, request.id).unlink(missing_ok=True)
    sync_folder(ws.root / FOLDER)


def _path(ws: Workspace, name: str) -> Path:
    return ws.root / FOLDER / f"{name}.json"


def _read(path: Path) -> Request:
    said = json.loads(path.read_bytes())
    said["nodes"] = tuple(said["nodes"])
    said["words"] = tuple((kind, value) for kind, value in said["words"])
    said["again"] = tuple(said["again"])
    return Request(**said)
