"""A small run of the program that kills the server while people answer."""

import importlib.util
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location(
    "killed_answers", Path(__file__).with_name("killed_answers.py")
)
assert _SPEC is not None
assert _SPEC.loader is not None
killed = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(killed)


@pytest.mark.slow
def test_what_was_acknowledged_is_stored_once_though_the_server_was_killed():
    assert killed.attack(40, 2, most_seconds=240) == []


def test_a_lost_a_doubled_and_an_untold_answer_are_named():
    right = {"a": ["complete", {"recommend": 0, "reasons": ["time"], "why": "no. 0"}]}
    fine = {"answers": right, "submissions": 3, "told": 1}
    assert killed.differences(fine, ["a"], 3) == []
    assert killed.differences({**fine, "answers": {}}, ["a"], 3) == ["a: None", "0 responses of 1 people"]
    assert killed.differences({**fine, "submissions": 4}, ["a"], 3) == [
        "4 submissions stored, 3 acknowledged"
    ]
    assert killed.differences({**fine, "told": 2}, ["a"], 3) == ["2 events told of 1"]
