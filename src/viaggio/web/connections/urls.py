"""Addresses of the connections pages."""

from django.urls import URLPattern, path

from viaggio.web.connections.views import alerts, hooks, live, post, returned

app_name = "connections"
urlpatterns: list[URLPattern] = [
    path("", post.home, name="home"),
    path("address", post.address, name="address"),
    path("test-mail", post.test_mail, name="test-mail"),
    path("log/", post.log, name="log"),
    path("log/<int:pk>/again", post.again, name="again"),
    path("webhooks/new/", hooks.add, name="new-endpoint"),
    path("webhooks/<int:pk>/", hooks.endpoint, name="endpoint"),
    path("webhooks/<int:pk>/test", hooks.test, name="test-endpoint"),
    path("webhooks/<int:pk>/active", hooks.set_active, name="set-endpoint-active"),
    path("webhooks/<int:pk>/secret", hooks.secret, name="endpoint-secret"),
    path("webhooks/<int:pk>/delete", hooks.delete, name="delete-endpoint"),
    path("events/", live.live, name="live"),
    path("events/<int:pk>/end", live.end_key, name="end-key"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("returned/<str:token>", returned.returned, name="returned"),
]
