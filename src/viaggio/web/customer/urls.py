"""Addresses of the customer face."""

from django.urls import path

from viaggio.web.customer import erasure_views, identity_views, views

app_name = "customer"
urlpatterns = [
    path("", views.customers, name="customers"),
    path("accounts/", views.accounts, name="accounts"),
    path("erasures/", erasure_views.erasures, name="erasures"),
    path("<str:key>/", views.show, name="show"),
    path("<str:key>/erase", erasure_views.erase, name="erase"),
    path("<str:key>/join", identity_views.join, name="join"),
    path("<str:key>/part", identity_views.part, name="part"),
    path("<str:key>/undo", identity_views.undo, name="undo"),
    path("<str:key>/waiting", identity_views.waiting, name="waiting"),
]
