"""Addresses for those who answer: links, kiosk, widget, unsubscribing."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
