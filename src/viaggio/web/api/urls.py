"""Addresses of the API below /api/v1/."""

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI, Router

from viaggio import __version__
from viaggio.web.api import customers, erasures, figures, imports, journeys, tables
from viaggio.web.api.errors import handle_errors
from viaggio.web.shared.roles import Right
from viaggio.web.shared.token_auth import TokenAuth, guarded_by_token

api = NinjaAPI(
    title="Viaggio",
    version=__version__,
    description="Readings, journeys, customers and imports of one company. Bearer tokens with scopes.",
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
)
handle_errors(api)
api.add_router("", journeys.router)  # before the figures, whose /journey/{question} takes any name
api.add_router("", figures.router)
api.add_router("", customers.router)
api.add_router("", erasures.router)
api.add_router("", imports.router)
api.add_router("", tables.router)


@api.get("/openapi.json", auth=TokenAuth(Right.SEE_FIGURES), include_in_schema=False, url_name="openapi")
def openapi(request: HttpRequest) -> dict[str, object]:
    """The description of this API, OpenAPI 3.1."""
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))


app_name = "api"


def patterns(*routers: Router) -> list[URLPattern | URLResolver]:
    """The addresses of the API, those of other faces' routers too."""
    for router in routers:
        api.add_router("", router)
    return guarded_by_token(api.urls[0])
