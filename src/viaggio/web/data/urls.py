"""Addresses of the data face."""

from django.urls import path

from viaggio.web.data import views

app_name = "data"
urlpatterns = [
    path("", views.home, name="home"),
    path("imports/", views.imports, name="imports"),
    path("imports/<int:seq>/", views.one_import, name="import"),
    path("imports/<int:seq>/rejects/<int:number>", views.rejects, name="rejects"),
    path("progress", views.progress, name="progress"),
    path("fold", views.fold_now, name="fold"),
    path("new/", views.new, name="new"),
    path("new/<uuid:key>/", views.upload, name="upload"),
    path("new/<uuid:key>/proposal", views.propose, name="propose"),
    path("new/<uuid:key>/discard", views.discard, name="discard"),
]
