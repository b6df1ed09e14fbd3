"""Addresses of the people face."""

from django.urls import path

from viaggio.web.people import views

app_name = "people"
urlpatterns = [
    path("", views.people, name="people"),
    path("invite", views.invite, name="invite"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/active", views.set_active, name="set-active"),
    path("<int:pk>/link", views.new_link, name="new-link"),
]
