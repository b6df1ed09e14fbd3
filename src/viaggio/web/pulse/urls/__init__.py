"""Addresses of the pulse: pages for staff, pages for those who answer."""

from viaggio.web.pulse.urls.answering import urlpatterns as answering
from viaggio.web.pulse.urls.staff import urlpatterns as staff

app_name = "pulse"
urlpatterns = [*answering, *staff]
