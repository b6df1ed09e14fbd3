"""Addresses of the journey face."""

from django.urls import URLPattern, path

from viaggio.web.journey import views

app_name = "journey"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("metrics/<slug:slug>/", views.one_metric, name="metric"),
    path("metrics/<slug:slug>/cases/", views.cases, name="cases"),
    path("touchpoints/", views.touchpoints, name="touchpoints"),
    path("touchpoints/<str:slug>/", views.touchpoint, name="touchpoint"),
]
