"""The door in front of the pages answers as the view behind it does, and leaves everything else to them."""

import gzip
import json
from io import BytesIO
from typing import Any

import pytest

from viaggio.store.events import MOST_BYTES
from viaggio.web.events.front import in_front_of

HOME = {"type": "page", "messageId": "m1", "anonymousId": "v1", "name": "Home"}
GOOD = json.dumps({"batch": [HOME]}).encode()
ASKED: list[tuple[str, bytes, bool]] = [
    ("batch", GOOD, True), ("b", gzip.compress(GOOD), True), ("batch", GOOD, False), ("import", b"{", True),
    ("page", json.dumps(HOME).encode(), True), ("track", b"[]", False), ("batch", b'{"batch": []}', True),
    ("batch", b'{"batch": [' + b" " * MOST_BYTES + b"]}", True),
]  # fmt: skip


def pages(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("418 I'm a teapot", [])
    return [b"pages"]


class Front:
    def __init__(self, sender: Any, *, only_https: bool = False) -> None:
        self.application = in_front_of(pages, sender.workspace.root, only_https=only_https)

    def ask(
        self, path: str, body: bytes, authorization: str = "", **more: str
    ) -> tuple[int, dict[str, str], bytes]:
        said: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]]) -> None:
            said.update(status=int(status.split(maxsplit=1)[0]), headers=dict(headers))

        environ: dict[str, Any] = {
            "PATH_INFO": path, "REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body), "wsgi.url_scheme": "http", "HTTP_AUTHORIZATION": authorization,
            **more,
        }  # fmt: skip
        answer = b"".join(self.application(environ, start_response))
        return said["status"], said["headers"], answer


def test_both_ways_in_give_the_same_answers(sender):
    front = Front(sender)
    for path, body, known in ASKED:
        basic = sender.basic if known else ""
        behind = sender.post(path, body, Authorization=basic)
        status, headers, said = front.ask(f"/v1/{path}", body, basic)
        assert (status, said) == (behind.status_code, behind.content)
        assert headers.items() - {("Content-Length", str(len(said)))} <= behind.headers.items()
    sender.folded()
    assert sender.rows("interactions", "id")[0] == ("m1",)


@pytest.mark.parametrize(
    "more",
    [{"REQUEST_METHOD": "GET"}, {"CONTENT_LENGTH": ""}, {"PATH_INFO": "/v1/other"}, {"PATH_INFO": "/health"},
     {"REQUEST_METHOD": "OPTIONS"}],
)  # fmt: skip
def test_whatever_is_no_plain_call_goes_on_to_the_pages(sender, more):
    assert Front(sender).ask("/v1/batch", GOOD, sender.basic, **more)[0] == 418


def test_where_https_is_asked_for_plain_http_goes_on_to_be_sent_there(sender):
    front = Front(sender, only_https=True)
    assert front.ask("/v1/batch", GOOD, sender.basic)[0] == 418
    assert front.ask("/v1/batch", GOOD, sender.basic, **{"wsgi.url_scheme": "https"})[0] == 200


def test_without_a_workspace_there_is_no_door():
    assert in_front_of(pages, None, only_https=False) is pages
