"""What all scores pages share: their desk, their template context, their files."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from viaggio.web.scores.services.files import File
from viaggio.web.scores.services.overview import schemes
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.export import table_response
from viaggio.web.shared.names.weighting import scheme_sentence


def desk_of(request: HttpRequest) -> Desk:
    """The desk of a scores page: weighted where there is a scheme, unless the address says else."""
    return Desk.of(request, weighted=True)


def shown(request: HttpRequest, template: str, desk: Desk, context: dict[str, Any]) -> HttpResponse:
    """The page; a script's navigation gets the address without empty or repeated filters."""
    common = {
        "filters": desk.filters,
        "desk": desk,
        "schemes": schemes(desk),
        "weighting": scheme_sentence(desk.weights) if desk.schemes else "",
    }
    answer = render(request, template, {**common, **context})
    if request.headers.get("HX-Request"):
        answer.headers["HX-Push-Url"] = desk.filters.to(request.path)
    return answer


def as_file(request: HttpRequest, file: File) -> HttpResponse:
    """The file that the address asks for."""
    return table_response(request, file.columns, file.rows, file.name)
