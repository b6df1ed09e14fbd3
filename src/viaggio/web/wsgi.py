"""The web application as a WSGI callable, for any server: the door of live events, then the pages."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "viaggio.web.settings")

pages = get_wsgi_application()

from django.conf import settings  # noqa: E402 -- read once the pages are set up

from viaggio.web.events.front import in_front_of  # noqa: E402 -- same

application = in_front_of(pages, settings.WORKSPACE_ROOT, only_https=settings.SECURE_SSL_REDIRECT)
