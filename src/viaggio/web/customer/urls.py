"""Addresses of the customer face."""

from django.urls import URLPattern

app_name = "customer"
urlpatterns: list[URLPattern] = []
