"""Addresses for those who ask: pulses, questionnaires, waves."""

from django.urls import URLPattern, path

from viaggio.web.pulse.views import questionnaires

urlpatterns: list[URLPattern] = [
    path("questionnaires/", questionnaires.questionnaires, name="questionnaires"),
    path("questionnaires/new/", questionnaires.new, name="new-questionnaire"),
    path("questionnaires/<slug:slug>/", questionnaires.questionnaire, name="questionnaire"),
    path("questionnaires/<slug:slug>/frame/", questionnaires.frame, name="questionnaire-frame"),
    path("questionnaires/<slug:slug>/add/", questionnaires.add, name="add-item"),
    path("questionnaires/<slug:slug>/items/<slug:key>/", questionnaires.item, name="item"),
    path("questionnaires/<slug:slug>/arrange/", questionnaires.arrange, name="arrange"),
    path("questionnaires/<slug:slug>/publish/", questionnaires.publish, name="publish-questionnaire"),
    path("questionnaires/<slug:slug>/put-away/", questionnaires.put_away, name="put-away"),
    path("questionnaires/<slug:slug>/export/", questionnaires.export, name="export-questionnaire"),
]
