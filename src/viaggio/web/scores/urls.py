"""Addresses of the scores pages."""

from django.urls import URLPattern

app_name = "scores"
urlpatterns: list[URLPattern] = []
