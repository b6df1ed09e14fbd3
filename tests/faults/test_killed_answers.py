"""The server is killed while people answer: every acknowledged answer is stored, told and counted once."""

import pytest
from tests.faults import killed_answers as killed


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_what_was_acknowledged_is_stored_once_though_the_server_was_killed(records, whole):
    assert killed.attack(*(1667, 20) if whole else (40, 2), records) == []


TOKENS = ["a"]
ROW = {"token": "a", "state": "complete", "answers": killed.said_by(0), "pages": [0, 1, 2]}
FACTS = {
    "answers": [
        {"id": "r:recommend", "response": "r", "item": "recommend", "value": 0.0},
        {"id": "r:reasons.time", "response": "r", "item": "reasons.time", "value": 1.0},
    ],
    "texts": [{"id": "r:why", "response": "r", "body": "no. 0"}],
    "coverage": [],
    "doctor": [],
    "landed_twice": 0,
}


@pytest.fixture
def sent() -> killed.Sent:
    return killed.Sent(acknowledged={("a", f"s{page}"): "r" for page in range(3)})


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ({"responses": {"r": ROW}, "submissions": 3}, 0),
        ({"responses": {}, "submissions": 3}, 3),
        ({"responses": {"r": ROW, "x": {**ROW, "token": "b"}}, "submissions": 3}, 1),
        ({"responses": {"r": ROW}, "submissions": 4}, 1),
        ({"responses": {"r": {**ROW, "answers": {"recommend": 1}}}, "submissions": 3}, 1),
        ({"responses": {"x": ROW}, "submissions": 3}, 1),
    ],
)
def test_a_lost_a_doubled_and_a_changed_answer_are_found_in_the_records(stored, found, sent):
    assert len(killed.in_records(stored, sent, TOKENS)) == found


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (FACTS, 0),
        ({**FACTS, "answers": []}, 2),
        ({**FACTS, "answers": FACTS["answers"] * 2}, 4),
        ({**FACTS, "texts": []}, 1),
        ({**FACTS, "landed_twice": 1}, 1),
        ({**FACTS, "doctor": ["a file is missing"]}, 1),
    ],
)
def test_a_lost_and_a_doubled_fact_are_found(facts, found, sent):
    assert len(killed.in_facts(facts, sent, TOKENS)) == found
