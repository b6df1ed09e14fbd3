"""Addresses of the journey face."""

from django.urls import URLPattern, path

from viaggio.web.journey.views import explore, pages

app_name = "journey"
urlpatterns: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("metrics/<slug:slug>/", pages.one_metric, name="metric"),
    path("metrics/<slug:slug>/cases/", pages.cases, name="cases"),
    path("touchpoints/", pages.touchpoints, name="touchpoints"),
    path("touchpoints/<str:slug>/", pages.touchpoint, name="touchpoint"),
    path("journeys/", explore.flow, name="flow"),
    path("journeys/funnel/", explore.funnel, name="funnel"),
]
