"""The door: who may send, what is taken and what is not, and what stays on the disk."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from viaggio.store.events import MOST_BYTES, waiting
from viaggio.store.events.ahead import FOLDER, Ahead, NotWritten
from viaggio.web.events.services import door
from viaggio.web.shared.models import AuditEntry, WriteKey
from viaggio.web.shared.roles import Role
from viaggio.web.shared.write_keys import BadSource, Keyring, issue, revoke

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOME = {"type": "page", "messageId": "m1", "anonymousId": "v1", "name": "Home"}


def lines(sender) -> list[dict[str, object]]:
    files = sorted((sender.workspace.root / FOLDER).glob("*.wal"))
    return [json.loads(line.split(b" ", 1)[1]) for file in files for line in file.read_bytes().splitlines()]


def test_what_is_answered_lies_in_the_file_as_it_came(sender):
    body = {"batch": [HOME], "sentAt": "2026-03-02T10:00:00Z"}
    answer = sender.post("batch", body, Authorization=sender.basic)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    (line,) = lines(sender)
    assert (line["source"], line["path"], line["body"]) == ("site", "batch", body)


@pytest.mark.parametrize("path", ["page", "p"])
def test_a_browser_sends_single_messages_as_text_with_the_key_in_the_body(sender, path):
    answer = sender.post(path, {**HOME, "writeKey": sender.key}, content_type="text/plain")
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert [line["path"] for line in lines(sender)] == ["page"]


def test_a_browser_may_ask_first_without_a_key(sender):
    answer = Client().options("/v1/batch", headers={"Origin": "https://shop.example"})
    assert answer.status_code == 204
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_gzip_is_known_with_and_without_its_header_and_under_a_wrong_name(sender):
    packed = gzip.compress(json.dumps({"batch": [HOME]}, indent=1).encode())
    form = "application/x-www-form-urlencoded"
    said = [
        sender.post("batch", packed, Authorization=sender.basic, **{"Content-Encoding": "gzip"}),
        sender.post("batch", packed, Authorization=sender.basic, content_type=form),
    ]
    assert [answer.status_code for answer in said] == [200, 200]
    assert [line["body"] for line in lines(sender)] == [{"batch": [HOME]}] * 2


def test_without_a_working_key_nothing_is_taken(sender):
    wrong = ["", "Basic bm9ib2R5Og==", "Bearer x", "Basic %%"]
    answers = [sender.post("batch", {"batch": [HOME]}, Authorization=one) for one in wrong]
    assert [answer.status_code for answer in answers] == [401] * 4
    assert sender.post("batch", b"{", Authorization="").status_code == 401
    assert lines(sender) == []


@pytest.mark.parametrize(
    ("path", "body"),
    [("batch", b"{"), ("batch", b"[]"), ("batch", b'{"batch": 3}'), ("batch", b"{}"), ("track", b"3"),
     ("track", b'{"properties": ' + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"}"),
     ("track", b"\x1f\x8bgarbage"), ("import", gzip.compress(b'{"batch": []}')[:-6])],
)  # fmt: skip
def test_what_is_no_json_of_that_shape_is_refused(sender, path, body):
    answer = sender.post(path, body, Authorization=sender.basic)
    assert (answer.status_code, answer.json()["code"]) == (400, "body.not_json")
    assert lines(sender) == []


def test_too_much_at_once_is_refused_packed_or_not(sender):
    long = b'{"batch": [' + b" " * MOST_BYTES + b"]}"
    answers = [sender.post("batch", body, Authorization=sender.basic) for body in (long, gzip.compress(long))]
    assert [answer.status_code for answer in answers] == [413, 413]


def test_when_too_much_waits_senders_are_told_when_to_come_again(sender, monkeypatch):
    assert sender.send(HOME).status_code == 200
    door.close(sender.workspace.root)
    monkeypatch.setattr(door, "MOST_WAITING", 10)
    full = sender.send(HOME)
    assert (full.status_code, full.headers["Retry-After"]) == (503, "60")
    monkeypatch.setattr(door, "MOST_AT_ONCE", 10)
    door.close(sender.workspace.root)
    monkeypatch.setattr(door, "MOST_WAITING", 1 << 30)
    busy = sender.send(HOME)
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "1")
    assert len(lines(sender)) == 1


def test_a_disk_that_refuses_is_answered_with_503_and_the_next_message_has_a_file_of_its_own(
    sender, monkeypatch
):
    write = Ahead._write

    def full(self, parts: list[bytes]) -> None:
        write(self, parts[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Ahead, "_write", full)
    assert sender.send(HOME).status_code == 503
    monkeypatch.setattr(Ahead, "_write", write)
    assert sender.send({**HOME, "messageId": "m2"}).status_code == 200
    (item,) = sender.folded()
    assert item.source_rows == 1  # what was not answered is nothing
    assert sender.rows("interactions", "id") == [("m2",)]


def test_a_revoked_key_opens_nothing_once_its_few_seconds_are_over(db):
    made, key = issue("app", note="", by="system", now=NOW)
    at = [0.0]
    ring = Keyring(clock=lambda: at[0])
    assert (ring.source_of(key), ring.source_of("vgw_other")) == ("app", None)
    ring.seen(key, now=NOW)
    ring.seen(key, now=NOW + timedelta(seconds=1))
    revoke(made, by="system", now=NOW)
    revoke(made, by="system", now=NOW + timedelta(days=1))
    assert ring.source_of(key) == "app"
    at[0] = 5.0
    assert ring.source_of(key) is None
    kept = WriteKey.objects.get()
    assert (kept.seen_at, kept.revoked_at) == (NOW, NOW)
    assert key not in json.dumps([kept.prefix, kept.digest, kept.source])
    actions = [entry.action for entry in AuditEntry.objects.order_by("seq")]
    assert actions == ["connections.write_key.made", "connections.write_key.revoked"]


@pytest.mark.parametrize("name", ["", "Site", "1st", "pulse", "a b", "x" * 41])
def test_a_source_has_a_plain_name_of_its_own(db, name):
    with pytest.raises(BadSource):
        issue(name, note="", by="system", now=NOW)


def test_who_may_not_manage_connections_makes_no_key(person):
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        issue("site", note="", by=person(Role.ANALYST), now=NOW)


def test_many_threads_share_one_sync_and_lose_nothing(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    from viaggio.store.events.ahead import whole_lines

    ahead = Ahead(tmp_path / FOLDER)
    said = [b'{"n": %d}' % n for n in range(400)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ahead.append, said))
    ahead.close()
    (file,) = (tmp_path / FOLDER).glob("*.wal")
    assert sorted(whole_lines(file)) == sorted(said)
    with file.open("ab") as torn:
        torn.write(b'00000000 {"n": 400}\n{"n": 4')
    assert sorted(whole_lines(file)) == sorted(said)


def test_all_who_wait_are_told_when_the_group_is_lost(tmp_path, monkeypatch):
    ahead = Ahead(tmp_path / FOLDER)
    monkeypatch.setattr(Ahead, "_write", lambda _self, _data: (_ for _ in ()).throw(OSError(5, "I/O")))
    with pytest.raises(NotWritten):
        ahead.append(b"{}")


def test_nothing_waits_where_nothing_came(workspace):
    assert waiting(workspace).size == 0
