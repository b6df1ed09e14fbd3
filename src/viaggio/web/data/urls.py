"""Addresses of the data face."""

from django.urls import URLPattern

app_name = "data"
urlpatterns: list[URLPattern] = []
