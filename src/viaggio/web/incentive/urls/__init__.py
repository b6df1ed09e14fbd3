"""Addresses of the shared incentive: the office that makes it, the people whom it pays."""

from viaggio.web.incentive.urls.office import urlpatterns as office
from viaggio.web.incentive.urls.people import urlpatterns as people

app_name = "incentive"
urlpatterns = [*office, *people]
