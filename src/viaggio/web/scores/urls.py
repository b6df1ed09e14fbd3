"""Addresses of the scores pages."""

from django.urls import URLPattern, path

from viaggio.web.scores import views

app_name = "scores"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("changes/", views.changes, name="changes"),
    path("weights/", views.weights, name="weights"),
    path("<slug:slug>/", views.one_score, name="metric"),
]
