"""Addresses of the scores pages."""

from django.urls import URLPattern, path

from viaggio.web.scores.views import items, scores, watches

app_name = "scores"
urlpatterns: list[URLPattern] = [
    path("", scores.home, name="home"),
    path("changes/", scores.changes, name="changes"),
    path("weights/", scores.weights, name="weights"),
    path("items/", items.items, name="items"),
    path("items/<str:item>/", items.one_item, name="item"),
    path("items/<str:item>/answers/", items.item_answers, name="item-answers"),
    path("alerts/", watches.alerts, name="alerts"),
    path("alerts/<int:pk>/stop", watches.stop, name="stop-alert"),
    path("<slug:slug>/", scores.one_score, name="metric"),
]
