"""Addresses of the shared incentive: the office that makes it, the people whom it pays."""

from viaggio.web.incentive.urls.office import urlpatterns as office

app_name = "incentive"
urlpatterns = [*office]
