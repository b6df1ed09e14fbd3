"""Addresses of the audit face."""

from django.urls import URLPattern

app_name = "audit"
urlpatterns: list[URLPattern] = []
