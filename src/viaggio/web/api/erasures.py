"""Routes for erasures: what would go, having somebody erased, the ledger. All of it is recorded."""

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status

from viaggio.kernel import ViaggioError
from viaggio.web.shared.audit import record
from viaggio.web.shared.erasing.run import ask, would_go
from viaggio.web.shared.roles import Right
from viaggio.web.shared.token_auth import TokenAuth
from viaggio.web.shared.workspace import current_engine, workspace

router = Router(tags=["erasures"], auth=TokenAuth(Right.ERASE_CUSTOMERS))


class Confirmed(Schema):
    """The customer's key once more."""

    confirm: str


class NotConfirmed(ViaggioError):
    """An erasure without the key a second time."""

    code = "erasure.not_confirmed"


def _found(key: str) -> tuple[list[int], dict[str, int]]:
    from viaggio.store.history import UnknownCustomer
    from viaggio.store.plain_record import read_key

    try:
        return would_go(current_engine(), read_key(key))
    except UnknownCustomer as error:
        raise Http404(str(error)) from error


@router.get("/customers/{key}/erasure", summary="What an erasure would remove")
def look(request: HttpRequest, key: str) -> dict[str, Any]:
    """Rows and files by place."""
    nodes, found = _found(key)
    record(request, "customer.erasure.looked", str(nodes[0]))
    return {"found": found}


@router.post("/customers/{key}/erasure", summary="Erase a customer", response={202: dict})
def erase(request: HttpRequest, key: str, said: Confirmed) -> Status[dict[str, Any]]:
    """Erase the customer for ever; `confirm` is the key once more. It is carried out in the background."""
    nodes, found = _found(key)
    if said.confirm != key:
        raise NotConfirmed(
            "the key was not repeated", place="confirm", hint='Send {"confirm": "<the key of the address>"}.'
        )
    asked = ask(request, workspace(), nodes, origin="api")
    return Status(202, {"id": asked.id, "found": found})


@router.get("/erasures", summary="The ledger of erasures")
def erasures(request: HttpRequest) -> dict[str, Any]:
    """Every erasure, oldest first; `ended` is None while it is carried out. It names nobody."""
    from viaggio.store.erasure import begun, ledger_of
    from viaggio.store.plain_record import utc_text

    here = workspace()
    done = ledger_of(here)
    known = {entry.id for entry in done}
    told: list[dict[str, Any]] = [
        {
            "id": one.id, "at": utc_text(one.at), "ended": utc_text(one.ended), "by": one.by,
            "origin": one.origin, "removed": dict(one.removed), "left": dict(one.left),
            "again": list(one.again),
        }
        for one in done
    ]  # fmt: skip
    waiting: list[dict[str, Any]] = [
        {
            "id": one.id, "at": utc_text(one.at), "ended": None, "by": one.by, "origin": one.origin,
            "removed": {}, "left": {}, "again": list(one.again),
        }
        for one in begun(here)
        if one.id not in known
    ]  # fmt: skip
    return {"items": [*told, *waiting]}
