"""Addresses of the journey face."""

from django.urls import URLPattern, path

from viaggio.web.journey.views import explore, kept, pages, working

app_name = "journey"
urlpatterns: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("metrics/<slug:slug>/", pages.one_metric, name="metric"),
    path("metrics/<slug:slug>/cases/", pages.cases, name="cases"),
    path("touchpoints/", pages.touchpoints, name="touchpoints"),
    path("touchpoints/<str:slug>/", pages.touchpoint, name="touchpoint"),
    path("journeys/", explore.flow, name="flow"),
    path("journeys/funnel/", explore.funnel, name="funnel"),
    path("journeys/paths/", explore.paths, name="paths"),
    path("journeys/times/", explore.times, name="times"),
    path("journeys/attribution/", explore.attribution, name="attribution"),
    path("journeys/returns/", explore.retention, name="returns"),
    path("journeys/conformance/", explore.conformance, name="conformance"),
    path("journeys/drop-off/", explore.leaving, name="drop-off"),
    path("journeys/compare/", explore.comparison, name="compare"),
    path("journeys/what-if/", explore.keeping, name="what-if"),
    path("journeys/working/<str:code>/", working.progress, name="working"),
    path("journeys/working/<str:code>/stop", working.stop, name="stop"),
    path("journeys/customers/", explore.customers, name="customers"),
    path("journeys/designs/", kept.add_design, name="add-design"),
    path("journeys/designs/<int:pk>/remove", kept.remove_design, name="remove-design"),
    path("journeys/views/", kept.add_view, name="add-view"),
    path("journeys/views/<int:pk>/remove", kept.remove_view, name="remove-view"),
]
