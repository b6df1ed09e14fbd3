"""Strangers' files are parsed elsewhere: the same batches and errors, and an end to what takes too much."""

import time
from pathlib import Path

import pytest

from viaggio.kernel import BadFile, BadMapping
from viaggio.store.importers import isolated, isolated_reader, isolated_value, mapping_reader, read_mapping
from viaggio.store.importers.isolation import ProcessLimits
from viaggio.store.incoming import Batch

_MAPPING = """
timezone = "Europe/Rome"
currency = "EUR"
[[table]]
name = "costs"
[table.columns]
kind = { value = "service" }
amount_cents = "a"
incurred_at = { column = "d", format = "iso" }
"""


def _file(tmp_path: Path, text: str = "d,a\n2024-01-01,1.00\nx,1\n2024-01-02,2.00\n") -> Path:
    path = tmp_path / "costi.csv"
    path.write_text(text)
    return path


class _Odd:
    """Readers that misbehave, for the child to call."""

    def __init__(self, deed: str) -> None:
        self.deed = deed

    def batches(self):
        if self.deed == "memory":
            hoard = [bytearray(1 << 20) for _ in range(8_000)]
            yield Batch(table=str(len(hoard)), rows=None)
        if self.deed == "cpu":
            while True:
                pass
        if self.deed == "silence":
            time.sleep(60)
        if self.deed == "death":
            import os

            os._exit(3)
        if self.deed == "fault":
            raise KeyError("surprise")
        if self.deed == "print":
            print("among the frames")  # noqa: T201 -- it is the misdeed
        yield Batch(table="costs", rows=None, read=7)


def odd(files, deed):
    return _Odd(deed)


def _odd_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str, **limits: int):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    factory = "test_isolation:odd"
    return isolated_reader(factory, {"f.csv": tmp_path}, {"deed": deed}, limits=ProcessLimits(**limits))


def test_batches_are_the_same_as_without_isolation(tmp_path):
    path = _file(tmp_path)
    here = list(mapping_reader({"c": path}, read_mapping(_MAPPING)).batches())
    there = list(isolated({"c": path}, _MAPPING).batches())
    assert [(b.table, b.rejects, b.file, b.read, b.bytes_read) for b in here] == [
        (b.table, b.rejects, b.file, b.read, b.bytes_read) for b in there
    ]
    assert all(a.rows.equals(b.rows) for a, b in zip(here, there, strict=True))
    assert there[0].rejects[0].line == 3


def test_errors_come_back_as_they_are(tmp_path):
    with pytest.raises(BadFile) as error:
        list(isolated({"c": _file(tmp_path, "")}, _MAPPING).batches())
    assert (error.value.code, error.value.place) == ("file.empty", "costi.csv")
    with pytest.raises(BadMapping) as wrong:
        list(isolated({"c": _file(tmp_path, "d,b\n1,2\n")}, _MAPPING).batches())
    assert "'a'" in wrong.value.what


@pytest.mark.parametrize(
    ("deed", "code", "limits"),
    [
        ("memory", "parse.memory", {"memory": 2 << 30}),
        ("cpu", "parse.time", {"cpu_seconds": 3}),
        ("silence", "parse.time", {"silent_seconds": 3}),
        ("death", "parse.died", {}),
        ("fault", "parse.died", {}),
    ],
)
def test_a_parser_that_takes_too_much_or_dies_is_a_bad_file(deed, code, limits, tmp_path, monkeypatch):
    with pytest.raises(BadFile) as error:
        list(_odd_reader(tmp_path, monkeypatch, deed, **limits).batches())
    assert error.value.code == code
    assert error.value.place == "f.csv"


def test_what_a_parser_prints_does_not_disturb(tmp_path, monkeypatch):
    (batch,) = _odd_reader(tmp_path, monkeypatch, "print").batches()
    assert batch.read == 7


def test_the_process_ends_when_nobody_listens_any_more(tmp_path):
    batches = isolated({"c": _file(tmp_path)}, _MAPPING).batches()
    next(batches)
    batches.close()
    assert list(batches) == []


def test_a_suggestion_can_be_made_elsewhere(tmp_path):
    found = isolated_value("viaggio.store.importers.suggestion:suggestion_as_json", _file(tmp_path))
    assert "timezone" in found["text"]
    assert found["tables"]
