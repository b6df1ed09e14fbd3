"""Errors of the API as problem documents (RFC 9457): what is wrong, where, and the way out."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from viaggio.kernel import ViaggioError


def problem(status: int, code: str, title: str, **more: Any) -> JsonResponse:
    """A problem document; `code` is stable, `title` is for people."""
    body = {"type": f"urn:viaggio:{code}", "code": code, "title": title, "status": status, **more}
    response = JsonResponse(body, status=status)
    response["Content-Type"] = "application/problem+json"
    return response


def handle_errors(api: NinjaAPI) -> None:
    """Teach an API to answer every error as a problem document."""

    @api.exception_handler(ViaggioError)
    def mistake(_: HttpRequest, error: ViaggioError) -> JsonResponse:
        return problem(422, error.code, error.what, detail=error.hint, place=error.place)

    @api.exception_handler(ValidationError)
    def invalid(_: HttpRequest, error: ValidationError) -> JsonResponse:
        return problem(422, "request.invalid", "The request does not fit the route", errors=error.errors)

    @api.exception_handler(AuthenticationError)
    def nobody(_: HttpRequest, _error: AuthenticationError) -> JsonResponse:
        response = problem(401, "token.missing", "A working bearer token is needed")
        response["WWW-Authenticate"] = "Bearer"
        return response

    @api.exception_handler(PermissionDenied)
    def forbidden(_: HttpRequest, error: PermissionDenied) -> JsonResponse:
        return problem(403, "token.scope", "The token does not open this", detail=f"Needed: {error}")

    @api.exception_handler(Http404)
    def missing(_: HttpRequest, error: Http404) -> JsonResponse:
        return problem(404, "thing.missing", "There is no such thing here", detail=str(error))
