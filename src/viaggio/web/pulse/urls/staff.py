"""Addresses for those who ask: pulses, questionnaires, waves."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
