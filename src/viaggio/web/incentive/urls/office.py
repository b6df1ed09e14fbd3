"""Addresses for those who write plans, run them, decide on flags and keep the staff."""

from django.urls import URLPattern, path

from viaggio.web.incentive.views import plans

urlpatterns: list[URLPattern] = [
    path("plans/", plans.plans, name="plans"),
]
