"""The door in front of the pages: calls of live events do not pass what pages need.

Sessions, languages, forms and navigation cost a call more than its messages do. Whatever is not a plain call
of the door (another method, a body without a length, plain HTTP where HTTPS is asked for) goes on to the
pages, whose view of the same address gives the same answers.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from viaggio.web.events.services.door import CALLS, SHORT, TOO_LONG, Answer, door

type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_PATHS = {f"/v1/{name}": name for name in (*CALLS, *SHORT)}


def in_front_of(pages: Application, root: Path | None, *, only_https: bool) -> Application:
    """The application with the door of the workspace at `root` in front; the pages alone without one."""
    if root is None:
        return pages

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = _PATHS.get(environ["PATH_INFO"])
        length = environ.get("CONTENT_LENGTH", "")
        plain = environ["REQUEST_METHOD"] == "POST" and length.isdecimal()
        if path is None or not plain or (only_https and environ.get("wsgi.url_scheme") != "https"):
            return pages(environ, start_response)
        answer = _answer(root, path, environ, int(length))
        body = answer.body
        headers = [*answer.headers.items(), ("Content-Length", str(len(body)))]
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
        return [body]

    return application


def _answer(root: Path, path: str, environ: dict[str, Any], length: int) -> Answer:
    from viaggio.store.events import MOST_BYTES

    if length > MOST_BYTES:
        return TOO_LONG
    body = environ["wsgi.input"].read(length)
    return door(root).take(path, body, environ.get("HTTP_AUTHORIZATION", ""))
