"""A limit of fifty, a hundred respondents at the same moment, a real server: fifty, on both databases."""

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.faults.served import call, inside, served

from viaggio.store.workspace import Settings, create

LIMIT, PEOPLE = 50, 100


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_of_a_hundred_respondents_at_once_exactly_fifty_end(records, tmp_path):
    root = create(tmp_path / "workspace", Settings(name="Officina Blu")).root
    token = inside(root, records, "limited", LIMIT)
    with served(root, records) as server:
        together = threading.Barrier(PEOPLE)

        def respondent(number: int) -> str:
            """Begins on the open link and ends; says how it ended."""
            together.wait(60)
            body = {"submission": f"visit{number}", "page": 0, "answers": {"recommend": number % 11}}
            status, said = patient(server.port, token, body)
            if status != 200:
                return json.loads(said)["code"]
            onward = json.loads(said)["token"]
            body = {"submission": "end", "page": 1, "answers": {"why": "Bravi"}, "finished": True}
            status, said = patient(server.port, onward, body)
            found = json.loads(said)
            return found["state"] if status == 200 else found["code"]

        with ThreadPoolExecutor(PEOPLE) as pool:
            ends = Counter(pool.map(respondent, range(PEOPLE)))
        late = patient(server.port, token, {"submission": "late", "page": 0, "answers": {"recommend": 9}})
    assert ends == {"complete": LIMIT, "answer.quota_full": PEOPLE - LIMIT}
    assert late[0] == 409
    stored = inside(root, records, "records")
    assert Counter(row["state"] for row in stored["responses"].values()) == {"complete": LIMIT}
    assert stored["submissions"] == 2 * LIMIT
    assert stored["quotas"] == [{"limit": LIMIT, "taken": LIMIT, "places": LIMIT, "reserved": 0}]


def patient(port: int, token: str, body: dict[str, object]) -> tuple[int, bytes]:
    """Send it again while the server says that it is busy, as the answer page's browser would."""
    while True:
        status, said = call(port, "POST", f"/a/{token}/answers", body)
        if status not in {429, 503}:
            return status, said
