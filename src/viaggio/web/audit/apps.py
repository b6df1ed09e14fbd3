"""The app of the audit page."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Pages only; the rows belong to what every face shares."""

    name = "viaggio.web.audit"
    label = "audit"
