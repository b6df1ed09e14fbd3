"""An end with nothing in it is no answer: refused with 422, nothing stored, nobody told."""

import json

import pytest
from tests.faults.served import call, inside, served

from viaggio.store.workspace import Settings, create

EMPTY = [
    {"finished": True, "data": {}},
    {"finished": True, "answers": {}},
    {"finished": True, "data": {}, "answers": {}},
    {"finished": True, "answers": {"recommend": None}},
    {"finished": True, "answers": {"recommend": ""}},
    {"finished": True, "answers": {"unknown": 9}},
    {"finished": True, "answers": {"recommend": 11}},
]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_an_end_with_nothing_in_it_is_refused_on_every_way_in(records, tmp_path):
    root = create(tmp_path / "workspace", Settings(name="Officina Blu")).root
    inside(root, records, "hook", "http://127.0.0.1:9/", "whsec_AAAA")
    tokens = [*inside(root, records, "asked", 1), inside(root, records, "limited", 50)]
    with served(root, records) as server:
        for token in tokens:
            for number, body in enumerate(EMPTY):
                for more in ({"submission": f"s{number}"}, {"submission": f"s{number}", "page": 0}):
                    status, said = call(server.port, "POST", f"/a/{token}/answers", {**body, **more})
                    assert status == 422, (body, said)
                    assert json.loads(said)["code"] in {"answer.faults", "answer.nothing_answered"}
        whole = {"submission": "s", "finished": True, "answers": {"recommend": 9}}
        assert call(server.port, "POST", f"/a/{tokens[0]}/answers", whole)[0] == 200
    stored = inside(root, records, "records")
    assert [row["answers"] for row in stored["responses"].values()] == [{"recommend": 9}]
    assert stored["submissions"] == 1
    assert len(stored["outgoing"]) == 1
    assert stored["quotas"][0]["taken"] == 0
