"""Addresses of the people face."""

from django.urls import URLPattern

app_name = "people"
urlpatterns: list[URLPattern] = []
