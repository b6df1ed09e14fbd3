"""Addresses of the door: what every client of Segment's shape calls."""

from django.urls import URLPattern, path

from viaggio.web.events.services.door import CALLS, SHORT
from viaggio.web.events.views import call

app_name = "events"
urlpatterns: list[URLPattern] = [path(name, call, {"path": name}, name=name) for name in (*CALLS, *SHORT)]
