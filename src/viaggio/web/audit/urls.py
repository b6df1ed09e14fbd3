"""Addresses of the audit face."""

from django.urls import path

from viaggio.web.audit import views

app_name = "audit"
urlpatterns = [path("", views.audit, name="audit")]
