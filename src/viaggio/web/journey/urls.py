"""Addresses of the journey face."""

from django.urls import URLPattern

app_name = "journey"
urlpatterns: list[URLPattern] = []
