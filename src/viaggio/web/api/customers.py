"""Routes for customers: find one, read the whole record. Every look at a person is recorded."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Query, Router

from viaggio.web.shared.audit import record, text_mark
from viaggio.web.shared.roles import Right
from viaggio.web.shared.token_auth import TokenAuth
from viaggio.web.shared.workspace import current_engine

router = Router(tags=["customers"], auth=TokenAuth(Right.SEE_CUSTOMERS))

_LIMIT = 200
_MOMENTS = 1000


@router.get("/customers", summary="Find customers")
def customers(
    request: HttpRequest,
    q: str = "",
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=_LIMIT)] = 50,
) -> dict[str, Any]:
    """Customers by name, e-mail, phone, customer number or order; all of them for an empty `q`.

    `next` is the cursor to the following page, None on the last; following it to the end misses nobody.
    Keys are text, because they need all 64 bits.
    """
    from viaggio.store.history import find_customers
    from viaggio.store.plain_record import plain_found

    page = find_customers(current_engine(), q, limit=limit, cursor=cursor or None)
    seen = [str(found.profile.customer) for found in page.found]
    record(request, "customer.listed", f"search {text_mark(q)}".strip(), customers=seen)
    return {"items": [plain_found(found) for found in page.found], "next": page.more}


@router.get("/customers/{key}", summary="One customer, whole")
def one_customer(
    request: HttpRequest,
    key: str,
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=_MOMENTS)] = 200,
) -> dict[str, Any]:
    """Profile, identifiers and why they are one, accounts, contacts, consents, and the time line.

    The time line runs from the newest moment back; `next` is the cursor to older ones.
    """
    from viaggio.store.history import UnknownCustomer, customer_record
    from viaggio.store.plain_record import plain_record, read_key

    try:
        found = customer_record(current_engine(), read_key(key), limit=limit, cursor=cursor or None)
    except UnknownCustomer as error:
        raise Http404(str(error)) from error
    record(request, "customer.seen", str(found.profile.customer))
    return plain_record(found)
