"""Files of strangers are parsed in a process of their own, with limits on memory and time."""

import json
import os
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from viaggio.kernel import BadFile, BadMapping, ViaggioError
from viaggio.store.importers.arrow import pa
from viaggio.store.importers.codes import bad_file
from viaggio.store.importers.mapping_file import read_mapping
from viaggio.store.importers.reader import mapping_reader
from viaggio.store.incoming import Batch, Reader, Reject

_FRAME = struct.Struct(">cQ")
_LARGEST_FRAME = 1 << 30
_BATCH, _ERROR, _VALUE, _END = b"B", b"E", b"V", b"."
_MAPPING = "viaggio.store.importers.isolation:reader_of_text"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLimits:
    """What a parsing process may take.

    Sizes in bytes. `memory` is of address space; about 0.5 GB of it is taken before the first byte is read.
    A process that gives no batch for `silent_seconds` is ended; `cpu_seconds` is for the whole file.
    """

    memory: int = 3 << 30
    cpu_seconds: int = 1_800
    silent_seconds: int = 120
    written: int = 4 << 30


LIMITS = ProcessLimits()


def isolated(files: Mapping[str, Path], mapping_text: str, *, limits: ProcessLimits = LIMITS) -> Reader:
    """`mapping_reader` in a process of its own; raises the same errors, and `parse.*` codes of `BadFile`."""
    return IsolatedReader(dict(files), _MAPPING, {"text": mapping_text}, limits)


def isolated_reader(
    factory: str,
    files: Mapping[str, Path],
    arguments: Mapping[str, Any],
    *,
    limits: ProcessLimits = LIMITS,
) -> Reader:
    """Any reader in a process of its own: `factory` is `module:function`, given `files` and `arguments`.

    The factory is ours, never a stranger's; arguments must be JSON.
    """
    return IsolatedReader(dict(files), factory, dict(arguments), limits)


def isolated_value(
    function: str,
    path: Path,
    arguments: Mapping[str, Any] | None = None,
    *,
    limits: ProcessLimits = LIMITS,
) -> Any:
    """What `module:function` says of a file, as JSON values, found out in a process of its own.

    `arguments` go to the function by name; they must be JSON.
    """
    job = {
        "value": function,
        "path": str(path.absolute()),
        "arguments": dict(arguments or {}),
        "limits": asdict(limits),
    }
    for kind, payload in _frames(job, limits, path.name):
        if kind == _VALUE:
            return json.loads(payload)
    raise bad_file("parse.died", place=path.name)


@dataclass(frozen=True, slots=True)
class IsolatedReader:
    """A reader whose batches are made in another process and come back as Arrow."""

    paths: Mapping[str, Path]
    factory: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    limits: ProcessLimits = LIMITS

    def files(self) -> Mapping[str, Path]:
        """The files it reads, by name."""
        return self.paths

    def batches(self) -> Iterator[Batch]:
        """All batches, as they come. Ends the process when it is no longer listened to."""
        job = {
            "factory": self.factory,
            "files": {name: str(path.absolute()) for name, path in self.paths.items()},
            "arguments": dict(self.arguments),
            "limits": asdict(self.limits),
        }
        for kind, payload in _frames(job, self.limits, ", ".join(self.paths)):
            if kind == _BATCH:
                yield _batch_of(payload)


def reader_of_text(files: Mapping[str, Path], text: str) -> Reader:
    """A mapping reader from a mapping's text."""
    return mapping_reader(files, read_mapping(text))


def _frames(job: Mapping[str, Any], limits: ProcessLimits, place: str) -> Iterator[tuple[bytes, bytes]]:
    """What the child sends, until it says that it is done; raises its error, or what became of it."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "ARROW_DEFAULT_MEMORY_POOL": "system",  # other pools reserve address space that they never use
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    program = "from viaggio.store.importers.isolation import main; main()"
    child = subprocess.Popen(  # noqa: S603 -- our own interpreter, our own program
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        try:
            child.stdin.write(json.dumps(job).encode())
            child.stdin.close()
        except BrokenPipeError:
            raise _died(child, place) from None
        while True:
            head = _exactly(child, _FRAME.size, limits, place)
            kind, size = _FRAME.unpack(head)
            if size > _LARGEST_FRAME:
                raise bad_file("parse.memory", place=place)
            payload = _exactly(child, size, limits, place)
            if kind == _END:
                return
            if kind == _ERROR:
                raise _error_of(payload)
            yield kind, payload
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def _exactly(child: "subprocess.Popen[bytes]", size: int, limits: ProcessLimits, place: str) -> bytes:
    assert child.stdout is not None
    pipe = child.stdout.fileno()
    data = bytearray()
    while len(data) < size:
        ready, _, _ = select.select([pipe], [], [], limits.silent_seconds)
        if not ready:
            raise bad_file("parse.time", place=place)
        piece = os.read(pipe, min(size - len(data), 1 << 20))
        if not piece:
            raise _died(child, place)
        data += piece
    return bytes(data)


def _died(child: "subprocess.Popen[bytes]", place: str) -> BadFile:
    try:
        code = child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return bad_file("parse.died", place=place)
    if code == -signal.SIGXCPU:
        return bad_file("parse.time", place=place)
    if code == -signal.SIGKILL:
        return bad_file("parse.memory", place=place, hint="The system ended the process.")
    return bad_file("parse.died", place=place)


def _batch_of(payload: bytes) -> Batch:
    size = int.from_bytes(payload[:4], "big")
    head = json.loads(payload[4 : 4 + size])
    rows = None
    if len(payload) > 4 + size:
        with pa.ipc.open_stream(pa.py_buffer(payload[4 + size :])) as stream:
            rows = stream.read_all()
        rows.validate(full=True)
    head["rejects"] = tuple(Reject(**reject) for reject in head["rejects"])
    return Batch(rows=rows, **head)


def _error_of(payload: bytes) -> ViaggioError:
    told = json.loads(payload)
    kind = {"BadMapping": BadMapping, "BadFile": BadFile}.get(told["kind"], ViaggioError)
    error = kind(told["what"], place=told["place"], hint=told["hint"])
    error.code = told["code"]
    return error


# --- in the child ------------------------------------------------------------------------------------


def main() -> None:
    """Read the job from the input, send frames to the output."""
    job = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not fall among the frames
    _limit(ProcessLimits(**job["limits"]))
    try:
        if "value" in job:
            value = _function(job["value"])(Path(job["path"]), **job["arguments"])
            _send(out, _VALUE, json.dumps(value).encode())
        else:
            files = {name: Path(path) for name, path in job["files"].items()}
            for batch in _function(job["factory"])(files=files, **job["arguments"]).batches():
                _send(out, _BATCH, _bytes_of(batch))
        _send(out, _END, b"")
    except MemoryError:
        _tell(out, bad_file("parse.memory", place=", ".join(job.get("files", ()))))
    except ViaggioError as error:
        _tell(out, error)
    out.close()


def _function(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(import_module(module), function)


def _limit(limits: ProcessLimits) -> None:
    import resource  # POSIX only

    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.written),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (soft, hard))


def _send(out: BinaryIO, kind: bytes, payload: bytes) -> None:
    out.write(_FRAME.pack(kind, len(payload)))
    out.write(payload)
    out.flush()


def _bytes_of(batch: Batch) -> bytes:
    head = {
        "table": batch.table,
        "file": batch.file,
        "read": batch.read,
        "bytes_read": batch.bytes_read,
        "rejects": [asdict(reject) | {"raw": dict(reject.raw)} for reject in batch.rejects],
    }
    encoded = json.dumps(head).encode()
    pieces = [len(encoded).to_bytes(4, "big"), encoded]
    if batch.rows is not None:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.rows.schema) as stream:
            stream.write_table(batch.rows)
        pieces.append(sink.getvalue().to_pybytes())
    return b"".join(pieces)


def _tell(out: BinaryIO, error: ViaggioError) -> None:
    kind = next((k for k in ("BadMapping", "BadFile") if k == type(error).__name__), "ViaggioError")
    told = {
        "kind": kind, "code": error.code, "what": error.what, "place": error.place, "hint": error.hint,
    }  # fmt: skip
    _send(out, _ERROR, json.dumps(told).encode())
